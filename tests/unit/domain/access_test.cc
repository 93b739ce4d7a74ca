#include "protocol/domain/access.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/golden.h"

namespace opora::protocol {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
}

std::string who(Action action, Place place) {
  std::string out;
  for (Role role : kAllRoles) {
    if (allowed(action, roles_of({role}), place))
      out += (out.empty() ? "" : ",") + std::string(role_name(role));
  }
  return out.empty() ? "-" : out;
}

TEST(Access, TheWholeTableIsAsReviewed) {
  std::string table = "# action | who at a node | who at the hub. Nobody else: deny by default.\n";
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    table += padded(action_name(action), 20) + "| " + padded(who(action, Place::kNode), 74) + "| " +
             who(action, Place::kHub) + "\n";
  }
  expect_golden("access.txt", table);
}

TEST(Access, NoRoleUnknownRolesAndUnknownActionsAreDenied) {
  for (Place place : {Place::kNode, Place::kHub}) {
    for (std::size_t i = 0; i < kActionCount; ++i) {
      EXPECT_FALSE(allowed(static_cast<Action>(i), Roles{}, place));
      EXPECT_FALSE(allowed(static_cast<Action>(i), Roles{0xFFFF'FF80}, place));
    }
    EXPECT_FALSE(allowed(static_cast<Action>(kActionCount), Roles{~0u}, place));
    EXPECT_FALSE(allowed(static_cast<Action>(255), Roles{~0u}, place));
  }
}

TEST(Access, RolesAddUp) {
  const Roles both = roles_of({Role::kAuditor, Role::kOperator});
  EXPECT_TRUE(allowed(Action::kRegisterContact, both, Place::kNode));
  EXPECT_TRUE(allowed(Action::kReadErasures, both, Place::kNode));
  EXPECT_FALSE(allowed(Action::kErase, both, Place::kNode));
}

TEST(Access, AnAuditorNeverReadsAPatientsTexts) {
  for (Action action : {Action::kReadContacts, Action::kReadTickets, Action::kReadCalls}) {
    EXPECT_FALSE(allowed(action, roles_of({Role::kAuditor}), Place::kNode));
    EXPECT_FALSE(allowed(action, roles_of({Role::kAuditor}), Place::kHub));
  }
}

TEST(Access, RoleNamesGoBothWays) {
  for (Role role : kAllRoles) EXPECT_EQ(role_from_name(role_name(role)), role);
  EXPECT_FALSE(role_from_name(""));
  EXPECT_FALSE(role_from_name("Operator"));
  EXPECT_FALSE(role_from_name("root"));
  EXPECT_EQ(role_name(static_cast<Role>(3)), "");
}

}  // namespace
}  // namespace opora::protocol
