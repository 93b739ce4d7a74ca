#include "protocol/domain/access.h"

namespace opora::protocol {
namespace {

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr std::array kRoleNames = {
    RoleName{Role::kOperator, "operator"},
    RoleName{Role::kSpecialist, "specialist"},
    RoleName{Role::kExpert, "expert"},
    RoleName{Role::kSupervisor, "supervisor"},
    RoleName{Role::kAdministrator, "administrator"},
    RoleName{Role::kAuditor, "auditor"},
    RoleName{Role::kProgram, "program"},
};
static_assert(kRoleNames.size() == kAllRoles.size());

constexpr Roles operator|(Roles a, Roles b) { return Roles{a.v | b.v}; }

constexpr Roles kNobody{};
constexpr Roles kProgram = roles_of({Role::kProgram});
constexpr Roles kAuditor = roles_of({Role::kAuditor});
constexpr Roles kAdministrator = roles_of({Role::kAdministrator});
constexpr Roles kManagers = roles_of({Role::kSupervisor}) | kAdministrator;
constexpr Roles kLines2And3 = roles_of({Role::kSpecialist, Role::kExpert});
// Those who talk to patients and work on their tickets.
constexpr Roles kDesk = roles_of({Role::kOperator, Role::kSupervisor}) | kLines2And3;
constexpr Roles kStaff = kDesk | kAdministrator;
constexpr Roles kEverybody = kStaff | kAuditor | kProgram;
// At the hub the whole region's patients are in reach: line 1 works at a node.
constexpr Roles kRegionReaders = kManagers | kLines2And3;

struct Rule {
  Action action;
  std::string_view name;
  Roles at_node;
  Roles at_hub;
};
constexpr std::array<Rule, kActionCount> kRules = {{
    // Contacts and tickets belong to the site where they were made; the hub reads them.
    {Action::kRegisterContact, "register_contact", kDesk | kProgram, kNobody},
    {Action::kReadContacts, "read_contacts", kStaff, kRegionReaders},
    {Action::kReadTickets, "read_tickets", kStaff, kRegionReaders},
    {Action::kAssignTicket, "assign_ticket", kDesk, kNobody},
    {Action::kCommentTicket, "comment_ticket", kDesk, kNobody},
    {Action::kCompleteTicket, "complete_ticket", kDesk, kNobody},
    {Action::kRejectTicket, "reject_ticket", kDesk, kNobody},
    {Action::kWorkTicket, "work_ticket", kDesk, kNobody},
    {Action::kReclassifyTicket, "reclassify_ticket", kDesk, kNobody},
    // Line 1 sees the second call of one person first; what was wrong is taken back.
    {Action::kMergeTicket, "merge_ticket", kDesk, kNobody},
    // Line 1 hears the objection (A17).
    {Action::kReopenTicket, "reopen_ticket", kDesk, kNobody},
    // Takes the rest of his three days from the applicant: not line 1's.
    {Action::kCloseTicket, "close_ticket", kLines2And3 | roles_of({Role::kSupervisor}), kNobody},
    {Action::kTellApplicant, "tell_applicant", kDesk, kNobody},
    {Action::kOfferTicket, "offer_ticket", kDesk, kNobody},
    // Small hospitals have operators only: whoever works on tickets takes them on.
    {Action::kAnswerOffer, "answer_offer", kDesk, kNobody},
    {Action::kRouteTicket, "route_ticket", kNobody, kRegionReaders},
    // Over the head of the site that answers for it: a supervisor's word, with its reason.
    {Action::kTakeOverTicket, "take_over_ticket", kNobody, kManagers},
    {Action::kReadCalls, "read_calls", kStaff, kRegionReaders},
    {Action::kSendTelephony, "send_telephony", kProgram | kAdministrator, kNobody},
    {Action::kSetOwnAgentState, "set_own_agent_state", kDesk, kNobody},
    {Action::kSuperviseCalls, "supervise_calls", roles_of({Role::kSupervisor}), kNobody},
    // What patients said, in their own voices: whoever watches the work of the desks, for a
    // purpose.
    {Action::kListenRecordings, "listen_recordings", roles_of({Role::kSupervisor}),
     roles_of({Role::kSupervisor})},
    {Action::kReadAgents, "read_agents", kStaff, kManagers},
    {Action::kReadReport, "read_report", kEverybody, kEverybody},
    // A problem's text names no patient, but a doctor: the auditor does without.
    {Action::kReadProblems, "read_problems", kStaff | kProgram, kStaff | kProgram},
    {Action::kOpenProblem, "open_problem", kStaff, kStaff},
    {Action::kEditProblem, "edit_problem", kStaff, kStaff},
    {Action::kAffectProblem, "affect_problem", kStaff, kStaff},
    // Closing tells the whole region that it is over.
    {Action::kCloseProblem, "close_problem", kManagers | kLines2And3, kManagers | kLines2And3},
    // They name doctors as problems do.
    {Action::kReadFacilityNotices, "read_facility_notices", kStaff | kProgram, kStaff | kProgram},
    {Action::kEditFacilityNotices, "edit_facility_notices", kManagers, kManagers},
    {Action::kCallBack, "call_back", kDesk, kRegionReaders},
    {Action::kReadCatalogues, "read_catalogues", kEverybody, kEverybody},
    {Action::kEditRubricator, "edit_rubricator", kNobody, kAdministrator},
    {Action::kEditCalendars, "edit_calendars", kNobody, kAdministrator},
    {Action::kReadUsers, "read_users", kManagers, kManagers},
    {Action::kEditUsers, "edit_users", kAdministrator, kAdministrator},
    {Action::kSetAbsence, "set_absence", kManagers, kManagers},
    {Action::kReadSites, "read_sites", kNobody, kEverybody},
    // A program sets up a region by script (the demo, an installer).
    {Action::kEditSites, "edit_sites", kNobody, kAdministrator | kProgram},
    {Action::kEnrol, "enrol", kNobody, kAdministrator | kProgram},
    {Action::kErase, "erase", kAdministrator, kAdministrator},
    {Action::kReadErasures, "read_erasures", kAdministrator | kAuditor, kAdministrator | kAuditor},
    // Who watches is not whom it is about.
    {Action::kReadAudit, "read_audit", kAuditor, kAuditor},
    {Action::kReadSync, "read_sync", kEverybody, kEverybody},
    {Action::kReadDigest, "read_digest", kAdministrator | kProgram, kAdministrator | kProgram},
    {Action::kReadMetrics, "read_metrics", kAdministrator | kProgram, kAdministrator | kProgram},
    // Each sees those of his own; the region's concern its supervisors.
    {Action::kReadNotices, "read_notices", kDesk, roles_of({Role::kSupervisor})},
    {Action::kShareFilters, "share_filters", roles_of({Role::kSupervisor}),
     roles_of({Role::kSupervisor})},
    {Action::kBackUp, "back_up", kAdministrator | kProgram, kAdministrator | kProgram},
    {Action::kLive, "live", kEverybody, kEverybody},
}};

// The table is read by position, so each row must stand at its action's number.
constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].action) != i || kRules[i].name.empty()) return false;
  }
  return true;
}
static_assert(rows_stand_in_order());

const Rule* rule_of(Action action) {
  const auto i = static_cast<std::size_t>(action);
  return i < kRules.size() ? &kRules[i] : nullptr;
}

}  // namespace

std::string_view role_name(Role role) {
  for (const RoleName& r : kRoleNames) {
    if (r.role == role) return r.name;
  }
  return {};
}

std::optional<Role> role_from_name(std::string_view name) {
  for (const RoleName& r : kRoleNames) {
    if (r.name == name) return r.role;
  }
  return std::nullopt;
}

std::string_view action_name(Action action) {
  const Rule* rule = rule_of(action);
  return rule ? rule->name : std::string_view{};
}

std::uint8_t line_of(Roles roles) {
  if (has_role(roles, Role::kExpert)) return 3;
  return has_role(roles, Role::kSpecialist) ? 2 : 1;
}

bool allowed(Action action, Roles roles, Place place) {
  const Rule* rule = rule_of(action);
  if (rule == nullptr) return false;
  const Roles granted = place == Place::kHub ? rule->at_hub : rule->at_node;
  return (granted.v & roles.v) != 0;
}

}  // namespace opora::protocol
