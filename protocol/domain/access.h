// Who may do what: one table, deny by default (A7). Every door (HTTP route, live stream, command)
// asks allowed() and nothing else about roles. Which facility's records a user sees is a second
// question, asked where the records are. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/ids.h"

namespace opora::protocol {

// Bits, stored in UserChanged::roles for ever: add, never change.
enum class Role : std::uint32_t {
  kOperator = 1,        // line 1 (A9)
  kSpecialist = 2,      // line 2
  kExpert = 4,          // line 3
  kSupervisor = 8,      // watches the work of a desk or of the region
  kAdministrator = 16,  // manages users, sites, catalogues; carries out erasures
  kAuditor = 32,  // reads reports, erasures, replication and who read what, never a patient's texts
  kProgram = 64,  // a telephone system or a script, with a bearer token
};
inline constexpr std::array kAllRoles = {Role::kOperator,   Role::kSpecialist,    Role::kExpert,
                                         Role::kSupervisor, Role::kAdministrator, Role::kAuditor,
                                         Role::kProgram};

// Bits of Role. Unknown bits (of a newer version) grant nothing and are kept.
using Roles = StrongInt<struct RolesTag, std::uint32_t>;

constexpr Roles roles_of(std::initializer_list<Role> roles) {
  Roles out;
  for (Role r : roles) out.v |= static_cast<std::uint32_t>(r);
  return out;
}
constexpr bool has_role(Roles roles, Role role) {
  return (roles.v & static_cast<std::uint32_t>(role)) != 0;
}

std::string_view role_name(Role role);  // "operator"…; as in the API
std::optional<Role> role_from_name(std::string_view name);

enum class Place : std::uint8_t { kNode, kHub };

enum class Action : std::uint8_t {
  kRegisterContact,
  kReadContacts,  // with phones, names and texts; also the caller's card
  kReadTickets,
  kAssignTicket,
  kCommentTicket,
  kCompleteTicket,
  kRejectTicket,
  kWorkTicket,        // starts, waits for the applicant, goes on
  kReclassifyTicket,  // another urgency or topic
  kMergeTicket,       // into an earlier one, and back; splits one
  kReopenTicket,
  kCloseTicket,     // for ever, because the applicant agreed
  kTellApplicant,   // says what came of calling him (A15)
  kOfferTicket,     // also takes the offer back
  kAnswerOffer,     // accepts or declines what another site offers
  kRouteTicket,     // at the region: gives what was offered to it to a site
  kTakeOverTicket,  // at the region: gives any ticket another owner, with a reason
  kReadCalls,
  kSendTelephony,
  kSetOwnAgentState,
  kSuperviseCalls,    // listens in, changes agents' states, lends them, opens a reserve (N3)
  kListenRecordings,  // finds and plays conversations (O6, A18)
  kReadAgents,
  kReadReport,
  kReadProblems,
  kOpenProblem,
  kEditProblem,
  kAffectProblem,
  kCloseProblem,
  kReadFacilityNotices,
  kEditFacilityNotices,  // a site's own; at the region any (T11)
  kCallBack,             // says what came of calling those whom a problem has cost time (T9)
  kReadCatalogues,
  kEditRubricator,
  kEditCalendars,  // production years, calendars, queues, competence, templates
  kReadUsers,
  kEditUsers,
  kSetAbsence,  // says from when to when somebody is away, and who stands in
  kReadSites,
  kEditSites,
  kEnrol,
  kErase,
  kReadErasures,
  kReadAudit,
  kReadSync,
  kReadDigest,
  kReadMetrics,
  kReadNotices,   // of deadlines; marks them as read
  kShareFilters,  // of the ticket list, with all of a role at this place
  kBackUp,        // take a backup, list what there is
  kLive,
};
inline constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::kLive) + 1;

std::string_view action_name(
    Action action);  // "register_contact"…; for logs and the reviewable table

// A9: the highest line among these roles; who is of none works as line 1 does.
std::uint8_t line_of(Roles roles);

// True when one of `roles` may do it at this place.
bool allowed(Action action, Roles roles, Place place);

}  // namespace opora::protocol
