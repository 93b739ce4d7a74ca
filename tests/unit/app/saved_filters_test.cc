// Filters of the ticket list that an account keeps: whose they are, what may be kept, who shares.
#include "web/app/saved_filters.h"

#include <gtest/gtest.h>

#include "tests/unit/app/app_site.h"

namespace opora::app {
namespace {

using protocol::Role;
using web::Method;

class SavedFilters : public ::testing::Test {
 protected:
  Browser signed_in(const std::string& login, Role role) {
    const Person who{login, protocol::roles_of({role}), "secret-of-" + login};
    site_.make_local(who);
    return site_.browser(who);
  }
  Answer keep(const Browser& who, const std::string& query, const std::string& more = "") {
    return site_.change(who, Method::kPost, "/api/v1/ticket_filters",
                        R"({"name":"Мои","query":")" + query + "\"" + more + "}");
  }
  Answer drop(const Browser& who, const std::string& id) {
    return site_.change(who, Method::kDelete, "/api/v1/ticket_filters/" + id, "");
  }
  std::size_t seen(const Browser& who) {
    const Answer answer = site_.get(who, "/api/v1/ticket_filters");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.count("query");
  }

  AppSite site_;
};

constexpr const char* kShared = R"(,"shared_with":"operator")";

TEST_F(SavedFilters, AreTheAccountsInEveryBrowserAndNobodyElses) {
  const Browser anna = signed_in("anna", Role::kOperator);
  EXPECT_EQ(keep(anna, "assignee=me&status=waiting").status, 201);
  const Browser elsewhere = site_.browser(operator_of("anna"));
  EXPECT_EQ(seen(elsewhere), 1u);
  const Browser olga = signed_in("olga", Role::kOperator);
  EXPECT_EQ(seen(olga), 0u);
}

TEST_F(SavedFilters, TheSameQueryTakesTheNewName) {
  const Browser anna = signed_in("anna", Role::kOperator);
  const std::string id = keep(anna, "line=2").member("id");
  const Answer again = site_.change(anna, Method::kPost, "/api/v1/ticket_filters",
                                    R"({"name":"Вторая","query":"line=2"})");
  EXPECT_EQ(again.member("id"), id);
  EXPECT_EQ(seen(anna), 1u);
  EXPECT_EQ(site_.get(anna, "/api/v1/ticket_filters").member("name"), "Вторая");
}

TEST_F(SavedFilters, AreDroppedByTheirOwnerAlone) {
  const Browser anna = signed_in("anna", Role::kOperator);
  const Browser olga = signed_in("olga", Role::kSupervisor);
  const std::string id = keep(anna, "line=2").member("id");
  EXPECT_EQ(drop(olga, id).status, 404);
  EXPECT_EQ(drop(anna, id).status, 200);
  EXPECT_EQ(drop(anna, id).status, 404);
  EXPECT_EQ(drop(anna, "nonsense").status, 404);
  EXPECT_EQ(seen(anna), 0u);
}

TEST_F(SavedFilters, KeepNobodysHistoryAndNothingThatTheListDoesNotTake) {
  const Browser anna = signed_in("anna", Role::kOperator);
  for (const char* query :
       {"phone=89131000001", "q=ivanova", "email=a@b.example",
        "applicant=ivanova&birth_date=1970-01-31", "line=9", "colour=red", "line=%00"}) {
    const Answer answer = keep(anna, query);
    EXPECT_EQ(answer.status, 422) << query;
    EXPECT_EQ(answer.member("path"), "query") << query;
  }
  EXPECT_EQ(keep(anna, std::string(501, 'a')).member("path"), "query");
  const Answer nameless = site_.change(anna, Method::kPost, "/api/v1/ticket_filters",
                                       R"({"name":"","query":"line=2"})");
  EXPECT_EQ(nameless.member("path"), "name");
  EXPECT_EQ(seen(anna), 0u);
}

TEST_F(SavedFilters, AreThirtyTwoAtMost) {
  const Browser anna = signed_in("anna", Role::kOperator);
  for (std::size_t i = 0; i < kMaxFilters; ++i)
    EXPECT_EQ(keep(anna, "topic=t" + std::to_string(i)).status, 201);
  const Answer more = keep(anna, "topic=more");
  EXPECT_EQ(more.status, 409);
  EXPECT_EQ(more.member("path"), "filters");
  EXPECT_EQ(keep(anna, "topic=t0").status, 201) << "one that is kept already";
}

TEST_F(SavedFilters, ASupervisorSharesWithARole) {
  const Browser anna = signed_in("anna", Role::kOperator);
  const Browser boris = signed_in("boris", Role::kExpert);
  const Browser olga = signed_in("olga", Role::kSupervisor);
  EXPECT_EQ(keep(anna, "due=late", kShared).status, 403);
  EXPECT_EQ(keep(olga, "due=late", R"(,"shared_with":"auditor")").member("path"), "shared_with");
  const Answer kept = keep(olga, "due=late", kShared);
  EXPECT_EQ(kept.status, 201);
  EXPECT_EQ(seen(anna), 1u);
  EXPECT_EQ(site_.get(anna, "/api/v1/ticket_filters").member("droppable"), "false");
  EXPECT_EQ(site_.get(anna, "/api/v1/ticket_filters").member("by"), "olga");
  EXPECT_EQ(seen(boris), 0u);
  EXPECT_EQ(seen(olga), 1u) << "who may share sees what is shared";
  EXPECT_EQ(drop(anna, kept.member("id")).status, 404);
  EXPECT_EQ(drop(olga, kept.member("id")).status, 200);
  EXPECT_EQ(seen(anna), 0u);
}

TEST_F(SavedFilters, WhoReadsNoTicketsHasNone) {
  const Browser auditor = signed_in("auditor", Role::kAuditor);
  EXPECT_EQ(site_.get(auditor, "/api/v1/ticket_filters").status, 403);
  EXPECT_EQ(keep(auditor, "line=2").status, 403);
}

}  // namespace
}  // namespace opora::app
