#include <algorithm>
#include <set>

#include "protocol/base/hash.h"
#include "protocol/base/utf8.h"
#include "protocol/domain/blank.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/support_code.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_draft.h"
#include "protocol/domain/topic_kinds.h"

namespace opora::protocol {

namespace {

inline constexpr std::size_t kMaxTopics =
    2'000;                                    // the regional rubricator has about a hundred leaves
inline constexpr std::size_t kMaxDesks = 99;  // two digits on every board
inline constexpr std::size_t kMaxNameBytes = 400;
inline constexpr std::size_t kMaxSkills = 100;  // groups; a rubricator has about twenty
// Shorter says nothing, longer is a letter: the number of the order or request is enough.
inline constexpr std::size_t kMinBasis = 3;
inline constexpr std::size_t kMaxBasis = 500;

Draft problem_draft(const AggregateId& id, Facts facts) {
  Draft draft;
  draft.aggregate = id;
  draft.facts = std::move(facts);
  return draft;
}

Status must_be_open(const ProblemState* problem) {
  // Additions may be here before the opening.
  const bool opened = problem != nullptr && problem->seq.v != 0;
  if (!opened) return Error{Code::kNotFound, "id", "no such problem"};
  if (problem->closed.v != 0) return Error{Code::kConflict, "id", "the problem is closed"};
  return ok_status();
}

// The region may edit and close every problem, whoever opened it; whoever is elsewhere adds
// callers.
Status must_be_kept_here(const ProblemState& problem, const DecideContext& context) {
  if (context.site == kHubSite || keeper_of(problem) == context.site) return ok_status();
  return Error{Code::kConflict, "id", "edited and closed where it was opened, or by the region"};
}

// The region's first word on a site's problem begins a term of its own: what the site says without
// having heard of it comes before.
OwnerTerm term_of_edit(const ProblemState& problem, const DecideContext& context) {
  const bool taken_over = keeper_of(problem) != context.site;
  return OwnerTerm{problem.term.v + (taken_over ? 1 : 0)};
}

bool valid_login(std::string_view login) {
  const auto valid = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return login.size() >= 2 && login.size() <= 40 && std::all_of(login.begin(), login.end(), valid);
}

Status check_desks(const std::vector<Desk>& desks) {
  if (desks.empty() || desks.size() > kMaxDesks) return invalid("desks", "1 to 99 desks");
  std::set<DeskNo> numbers;
  for (std::size_t i = 0; i < desks.size(); ++i) {
    const std::string path = "desks[" + std::to_string(i) + "]";
    if (desks[i].no.v < 1 || desks[i].no.v > kMaxDesks) return invalid(path + ".no", "1 to 99");
    if (!numbers.insert(desks[i].no).second) return invalid(path + ".no", "used twice");
    if (is_blank(desks[i].name) || desks[i].name.size() > kMaxNameBytes)
      return invalid(path + ".name", "1 to 400 bytes");
  }
  return ok_status();
}

Status check_skills(const std::vector<std::string>& skills) {
  if (skills.size() > kMaxSkills) return invalid("skills", "0 to 100 groups of topics");
  std::set<std::string_view> known;
  for (std::size_t i = 0; i < skills.size(); ++i) {
    const std::string path = "skills[" + std::to_string(i) + "]";
    if (is_blank(skills[i]) || skills[i].size() > kMaxNameBytes)
      return invalid(path, "1 to 400 bytes");
    if (!known.insert(skills[i]).second) return invalid(path, "used twice");
  }
  return ok_status();
}

// Whether the substitute is somebody here is looked up by who says it.
Status check_absence(const Absence& absence, std::string_view login) {
  if (absence == Absence{}) return ok_status();
  constexpr LocalDay kFirst{static_cast<std::int32_t>(kMinEventTime.v / kDayMs)};
  constexpr LocalDay kEnd{static_cast<std::int32_t>(kMaxEventTime.v / kDayMs)};
  if (absence.from < kFirst || absence.from >= kEnd) return invalid("from", "required");
  if (absence.to < absence.from || absence.to >= kEnd)
    return invalid("to", "not before the first day");
  if (absence.substitute == login) return invalid("substitute", "somebody else");
  return ok_status();
}

// None yet, or in the form in which it is kept. Whether another site has it is looked up by who
// gives it.
Status check_officer(const Personal& personal) {
  const auto mail = personal.find(PersonalField::kMail);
  if (mail == personal.end() || mail->second.empty() || is_mail_address(mail->second))
    return ok_status();
  return invalid("officer_email", "not a mail address");
}

Status check_support_code(const std::string& code) {
  if (code.empty()) return ok_status();
  const auto read = parse_support_code(code);
  if (!read.ok()) return read.error();
  return *read == code ? ok_status() : Status(invalid("support_code", "six digits"));
}

// What stands in addresses and files, and is typed by programs.
bool is_topic_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Status check_topics(const std::vector<Topic>& topics) {
  if (topics.empty() || topics.size() > kMaxTopics) return invalid("topics", "1 to 2000 topics");
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    const std::string path = "topics[" + std::to_string(i) + "]";
    if (topics[i].id.empty() || topics[i].id.size() > 64)
      return invalid(path + ".id", "1 to 64 bytes");
    if (!is_topic_id(topics[i].id))
      return invalid(path + ".id", "letters a to z, digits, and - _ . alone");
    if (!ids.insert(topics[i].id).second) return invalid(path + ".id", "used twice");
    if (is_blank(topics[i].name) || topics[i].name.size() > kMaxNameBytes)
      return invalid(path + ".name", "required");
  }
  return ok_status();
}

std::vector<Topic> with_kinds(const PublishRubricator& command, const RubricatorState* rubricator) {
  const bool says_kinds =
      rubricator != nullptr && std::ranges::any_of(rubricator->topics, [](const Topic& topic) {
        return topic.contact_kind != ContactKind::kNone;
      });
  std::vector<Topic> out = command.topics;
  for (Topic& topic : out) {
    if (!command.unsaid.contains(topic.id)) continue;
    const Topic* before = says_kinds ? find_topic(rubricator, topic.id) : nullptr;
    topic.contact_kind = before != nullptr ? before->contact_kind : shipped_kind(topic);
  }
  return out;
}

}  // namespace

Result<Drafts> decide(const OpenProblem& command, const AggregateId& id,
                      const ProblemState* problem, const DecideContext& context) {
  const auto name = command.personal.find(PersonalField::kName);
  if (name == command.personal.end() || is_blank(name->second)) return invalid("name", "required");
  if (command.started_at < kMinEventTime || command.started_at > context.now + kMaxFutureMs) {
    return invalid("started_at", "outside 2000 … now");
  }
  Draft draft = problem_draft(id, ProblemOpened{command.kind, command.site, command.started_at});
  draft.seq = OwnerSeq{1};
  if (problem != nullptr) {
    OPORA_TRY(must_be_open(problem));
    OPORA_TRY(must_be_kept_here(*problem, context));
    draft.term = term_of_edit(*problem, context);
    draft.seq = OwnerSeq{problem->seq.v + 1};
  }
  draft.personal = command.personal;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const AffectProblem& command, const AggregateId& id,
                      const ProblemState* problem, const DecideContext&) {
  OPORA_TRY(must_be_open(problem));
  Draft draft = problem_draft(id, ProblemAffected{command.contact});
  draft.personal = command.personal;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const CloseProblem&, const AggregateId& id, const ProblemState* problem,
                      const DecideContext& context) {
  OPORA_TRY(must_be_open(problem));
  OPORA_TRY(must_be_kept_here(*problem, context));
  return Drafts{problem_draft(id, ProblemClosed{})};
}

Result<Drafts> decide(const ChangeUser& command, const AggregateId& id, const UserState* user,
                      const DecideContext& context) {
  if (!valid_login(command.facts.login)) return invalid("login", "2 to 40 of a-z 0-9 . - _");
  if (command.facts.roles == 0) return invalid("roles", "at least one role");
  OPORA_TRY(check_skills(command.facts.skills));
  OPORA_TRY(check_absence(command.facts.absence, command.facts.login));
  Draft draft;
  draft.aggregate = id;
  draft.seq = OwnerSeq{1};
  if (user != nullptr) {
    if (user->origin != context.site)
      return Error{Code::kDenied, "id", "changed only where the user was made"};
    if (user->login != command.facts.login) return invalid("login", "a login is for ever");
    draft.term = user->term;
    draft.seq = OwnerSeq{user->seq.v + 1};
  }
  draft.facts = command.facts;
  draft.personal = command.personal;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const OverruleUser& command, const AggregateId& user_id,
                      const UserState& user, const OverruleState* overrule,
                      const DecideContext& context) {
  if (user.origin == context.site)
    return Error{Code::kDenied, "id", "a user of this site is changed, not overruled"};
  UserOverruled facts;
  facts.user = user_id;
  if (overrule != nullptr) {
    facts.disabled = overrule->disabled;
    facts.password_at = overrule->password_at;
    facts.over_term = overrule->over_term;
    facts.over_seq = overrule->over_seq;
    facts.absence = overrule->absence;
  }
  if (command.absence) {
    OPORA_TRY(check_absence(*command.absence, user.login));
    facts.absence = *command.absence;
  }
  facts.disabled = command.disabled.value_or(facts.disabled);
  if (command.personal.contains(PersonalField::kPasswordHash)) {
    facts.password_at = context.now;
    facts.over_term = user.term;
    facts.over_seq = user.seq;
  }
  Draft draft;
  draft.aggregate = overrule_aggregate(context.site, user_id);
  if (overrule != nullptr) draft.term = overrule->term;
  draft.seq = OwnerSeq{overrule != nullptr ? overrule->seq.v + 1 : 1};
  draft.facts = facts;
  draft.personal = command.personal;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const ChangeSite& command, const SiteState* site,
                      const DecideContext& context) {
  if (context.site != kHubSite) return Error{Code::kDenied, "", "sites are kept at the hub"};
  const SiteChanged& facts = command.facts;
  if (facts.site.v > kMaxSiteNo) return invalid("no", "1 to 9999");
  if (is_blank(facts.name) || facts.name.size() > kMaxNameBytes)
    return invalid("name", "1 to 400 bytes");
  if (!is_zone_name(facts.zone)) return invalid("zone", "not the name of a time zone");
  OPORA_TRY(check_desks(facts.desks));
  OPORA_TRY(check_support_code(facts.support_code));
  OPORA_TRY(check_officer(command.personal));
  Draft draft;
  draft.aggregate = site_aggregate(facts.site);
  if (site != nullptr) draft.term = site->term;
  draft.seq = OwnerSeq{site != nullptr ? site->seq.v + 1 : 1};
  draft.facts = facts;
  draft.personal = command.personal;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const PublishRubricator& command, const RubricatorState* rubricator,
                      const DecideContext& context) {
  if (context.site != kHubSite)
    return Error{Code::kDenied, "", "the rubricator is kept at the hub"};
  const std::uint32_t version = rubricator != nullptr ? rubricator->version : 0;
  if (command.base != version)
    return Error{Code::kConflict, "version", "somebody else has published meanwhile"};
  OPORA_TRY(check_topics(command.topics));
  std::vector<Topic> topics = with_kinds(command, rubricator);
  // Saved without a change: no version that differs from the one before in nothing.
  if (rubricator != nullptr && rubricator->topics == topics) return Drafts{};
  Draft draft;
  draft.aggregate = rubricator_id();
  draft.facts = RubricatorPublished{version + 1, std::move(topics)};
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const NoteRead& command, const DecideContext& context) {
  const RecordsRead& read = command.facts;
  const std::size_t records = read.contacts.size() + read.tickets.size() + read.recordings.size();
  if (records == 0) return Drafts{};
  if (records > kMaxReadRecords) return Error{Code::kTooLarge, "", "too many records in one read"};
  Draft draft;
  draft.aggregate = id_from("read", {context.command.view()});
  draft.facts = command.facts;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const Erase& command, const DecideContext&) {
  const std::size_t letters = code_points(command.basis);
  if (letters < kMinBasis || letters > kMaxBasis) return invalid("basis", "3 to 500 characters");
  Drafts out;
  for (const AggregateId& target : command.targets) {
    Draft draft;
    draft.aggregate = target;
    draft.facts = Erased{command.basis};
    out.push_back(std::move(draft));
  }
  return out;
}

}  // namespace opora::protocol
