#include <algorithm>
#include <set>

#include "protocol/domain/blank.h"
#include "protocol/domain/decide.h"
#include "protocol/domain/texts.h"

namespace opora::protocol {

namespace {

// Short enough for an address and a row of a table.
constexpr std::size_t kMaxIdBytes = 40;
// A rubricator has about ten kinds of topics.
constexpr std::size_t kMaxReactions = 100;

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

template <class Named>
Status check_names(const Named& facts) {
  if (!valid_id(facts.id)) return invalid("id", "1 to 40 of a-z 0-9 -");
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
  return next_version(queue_aggregate(facts.id), queue, facts);
}

}  // namespace opora::protocol
