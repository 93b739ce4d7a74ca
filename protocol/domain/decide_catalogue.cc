#include <algorithm>
#include <set>

#include "protocol/domain/blank.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/links.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

namespace {

// Short enough for an address and a row of a table.
constexpr std::size_t kMaxIdBytes = 40;
// A rubricator has about ten kinds of topics.
constexpr std::size_t kMaxReactions = 100;
// A queue for more of them is one for all of them.
constexpr std::size_t kMaxTaken = 200;
// More is a form, which nobody fills in while somebody waits on the line.
constexpr std::size_t kMaxFields = 10;
constexpr std::size_t kMaxChoices = 20;

bool valid_id(std::string_view id) {
  const auto valid = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, valid);
}

template <class Changed>
Status may_change(const CatalogueState<Changed>* before, OwnerSeq base,
                  const DecideContext& context) {
  if (context.site != kHubSite) return Error{Code::kDenied, "", "catalogues are kept at the hub"};
  const OwnerSeq version = before != nullptr ? before->seq : OwnerSeq{};
  if (base == version) return ok_status();
  return Error{Code::kConflict, "version", "somebody else has changed it meanwhile"};
}

template <class Changed>
Drafts next_version(const AggregateId& id, const CatalogueState<Changed>* before, Changed facts) {
  Draft draft;
  draft.aggregate = id;
  if (before != nullptr) draft.term = before->term;
  draft.seq = OwnerSeq{before != nullptr ? before->seq.v + 1 : 1};
  draft.facts = std::move(facts);
  return Drafts{std::move(draft)};
}

Status check_id(std::string_view id) {
  return valid_id(id) ? ok_status() : invalid("id", "1 to 40 of a-z 0-9 -");
}

template <class Named>
Status check_names(const Named& facts) {
  OPORA_TRY(check_id(facts.id));
  if (is_blank(facts.name_ru)) return invalid("name_ru", "required");
  if (is_blank(facts.name_en)) return invalid("name_en", "required");
  OPORA_TRY(check_text("name_ru", facts.name_ru, kNameLimit));
  return check_text("name_en", facts.name_en, kNameLimit);
}

Status check_norm(const Norm& norm, const std::string& path) {
  if (norm.minutes > kMaxNormMinutes) return invalid(path, "over a year");
  return ok_status();
}

Status check_norms(const QueueChanged& facts) {
  for (std::size_t i = 0; i < facts.norms.size(); ++i) {
    const std::string path = "norms[" + std::to_string(i) + "]";
    OPORA_TRY(check_norm(facts.norms[i].registration, path + ".registration"));
    OPORA_TRY(check_norm(facts.norms[i].completion, path + ".completion"));
  }
  return ok_status();
}

// Whose tickets a queue takes, each named once. A group or a topic that the rubricator does not
// have (any more) takes none.
Status check_taken(const QueueChanged& facts) {
  if (facts.topics.size() > kMaxTaken) return invalid("topics", "0 to 200 topics and groups");
  if (facts.sites.size() > kMaxTaken) return invalid("sites", "0 to 200 sites");
  std::set<std::string_view> topics;
  for (std::size_t i = 0; i < facts.topics.size(); ++i) {
    const std::string path = "topics[" + std::to_string(i) + "]";
    if (is_blank(facts.topics[i])) return invalid(path, "required");
    OPORA_TRY(check_text(path, facts.topics[i], kNameLimit));
    if (!topics.insert(facts.topics[i]).second) return invalid(path, "used twice");
  }
  std::set<SiteNo> sites;
  for (std::size_t i = 0; i < facts.sites.size(); ++i) {
    const std::string path = "sites[" + std::to_string(i) + "]";
    if (facts.sites[i].v > kMaxSiteNo) return invalid(path, "not a site");
    if (!sites.insert(facts.sites[i]).second) return invalid(path, "used twice");
  }
  return ok_status();
}

Status check_reactions(const std::vector<Reaction>& reactions) {
  if (reactions.size() > kMaxReactions) return invalid("reactions", "0 to 100 categories");
  std::set<std::string_view> categories;
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    const std::string path = "reactions[" + std::to_string(i) + "]";
    OPORA_TRY(check_text(path + ".category", reactions[i].category, kNameLimit));
    if (!categories.insert(reactions[i].category).second)
      return invalid(path + ".category", "used twice");
    OPORA_TRY(check_norm(reactions[i].norm, path + ".norm"));
  }
  return ok_status();
}

// The names in braces, in their order.
Result<std::vector<std::string_view>> fields_in(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while ((at = text.find_first_of("{}", at)) != std::string_view::npos) {
    const std::size_t end = text.find_first_of("{}", at + 1);
    if (text[at] == '}' || end == std::string_view::npos || text[end] == '{')
      return invalid("text", "a brace without its other one");
    out.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return out;
}

// A ticket that is being written has neither yet.
bool known_at(TemplateUse use, Filling filling) {
  return use == TemplateUse::kAnswer ||
         (filling != Filling::kNumber && filling != Filling::kCompletion);
}

Status check_field(const TemplateField& field, TemplateUse use, const std::string& path) {
  if (is_blank(field.name)) return invalid(path + ".name", "required");
  OPORA_TRY(check_text(path + ".name", field.name, kFieldNameLimit));
  if (!known_at(use, field.filling))
    return invalid(path + ".filling", "not known before the ticket is there");
  if (field.choices.size() > kMaxChoices) return invalid(path + ".choices", "0 to 20 choices");
  if (!field.choices.empty() && field.filling != Filling::kAsked)
    return invalid(path + ".choices", "nothing to choose");
  for (std::size_t i = 0; i < field.choices.size(); ++i)
    OPORA_TRY(
        check_text(path + ".choices[" + std::to_string(i) + "]", field.choices[i], kChoiceLimit));
  return ok_status();
}

// The text and the list name the same fields.
Status check_fields(const TemplateChanged& facts) {
  if (facts.fields.size() > kMaxFields) return invalid("fields", "0 to 10 fields");
  const auto in_text = fields_in(facts.text);
  if (!in_text.ok()) return in_text.error();
  const std::set<std::string_view> named(in_text->begin(), in_text->end());
  std::set<std::string_view> listed;
  for (std::size_t i = 0; i < facts.fields.size(); ++i) {
    const std::string path = "fields[" + std::to_string(i) + "]";
    OPORA_TRY(check_field(facts.fields[i], facts.use, path));
    if (!listed.insert(facts.fields[i].name).second) return invalid(path + ".name", "used twice");
    if (!named.contains(facts.fields[i].name)) return invalid(path + ".name", "not in the text");
  }
  if (listed.size() != named.size()) return invalid("text", "names a field that is not listed");
  return ok_status();
}

// What a new ticket is about is nothing that an answer could change.
Status check_subject(const TemplateChanged& facts, const RubricatorState* rubricator) {
  if (facts.use == TemplateUse::kAnswer) {
    if (facts.kind != ContactKind::kNone) return invalid("kind", "of a new ticket alone");
    if (!facts.topic.empty()) return invalid("topic", "of a new ticket alone");
    if (facts.urgency) return invalid("urgency", "of a new ticket alone");
    if (!facts.items.empty()) return invalid("items", "of a new ticket alone");
  }
  if (!facts.topic.empty() && find_topic(rubricator, facts.topic) == nullptr)
    return invalid("topic", "not in the current rubricator");
  return ok_status();
}

}  // namespace

Result<Drafts> decide(const PublishProductionYear& command, const ProductionYearState* year,
                      const DecideContext& context) {
  OPORA_TRY(may_change(year, command.base, context));
  const ProductionYearPublished& facts = command.facts;
  if (facts.year < kFirstProductionYear || facts.year > kLastProductionYear)
    return invalid("year", "2000 to 2099");
  std::size_t i = 0;
  for (const auto& [day, rule] : facts.days) {
    if (static_cast<int>(date_of(day).year()) != facts.year)
      return invalid("days[" + std::to_string(i) + "]", "of another year");
    ++i;
  }
  OPORA_TRY(check(facts.days));
  return next_version(production_year_aggregate(facts.year), year, facts);
}

Result<Drafts> decide(const ChangeCalendar& command, const CalendarState* calendar,
                      const DecideContext& context) {
  OPORA_TRY(may_change(calendar, command.base, context));
  const CalendarChanged& facts = command.facts;
  OPORA_TRY(check_names(facts));
  if (!facts.zone.empty() && !is_zone_name(facts.zone))
    return invalid("zone", "not the name of a time zone");
  OPORA_TRY(check(facts.hours));
  return next_version(calendar_aggregate(facts.id), calendar, facts);
}

Result<Drafts> decide(const ChangeQueue& command, const QueueState* queue,
                      const CalendarState* calendar, const DecideContext& context) {
  OPORA_TRY(may_change(queue, command.base, context));
  const QueueChanged& facts = command.facts;
  OPORA_TRY(check_names(facts));
  if (facts.line < 1 || facts.line > 3) return invalid("line", "1 to 3");
  if (calendar == nullptr) return invalid("calendar", "no such calendar");
  OPORA_TRY(check_norms(facts));
  OPORA_TRY(check_reactions(facts.reactions));
  OPORA_TRY(check_taken(facts));
  return next_version(queue_aggregate(facts.id), queue, facts);
}

Result<Drafts> decide(const ChangeCompetence& command, const CompetenceState* clause,
                      const DecideContext& context) {
  OPORA_TRY(may_change(clause, command.base, context));
  const CompetenceChanged& facts = command.facts;
  OPORA_TRY(check_id(facts.id));
  if (is_blank(facts.name)) return invalid("name", "required");
  if (is_blank(facts.text)) return invalid("text", "required");
  OPORA_TRY(check_text("name", facts.name, kNameLimit));
  OPORA_TRY(check_text("text", facts.text, kClauseLimit));
  return next_version(competence_aggregate(facts.id), clause, facts);
}

Result<Drafts> decide(const ChangeTemplate& command, const TemplateState* known,
                      const RubricatorState* rubricator, const DecideContext& context) {
  OPORA_TRY(may_change(known, command.base, context));
  const TemplateChanged& facts = command.facts;
  OPORA_TRY(check_id(facts.id));
  if (is_blank(facts.name)) return invalid("name", "required");
  if (is_blank(facts.text)) return invalid("text", "required");
  OPORA_TRY(check_text("name", facts.name, kNameLimit));
  OPORA_TRY(check_text("text", facts.text, kTemplateLimit));
  OPORA_TRY(check_fields(facts));
  OPORA_TRY(check_subject(facts, rubricator));
  OPORA_TRY(check_items(facts.items));
  return next_version(template_aggregate(facts.id), known, facts);
}

}  // namespace opora::protocol
