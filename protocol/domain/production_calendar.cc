#include "protocol/domain/production_calendar.h"

#include <algorithm>
#include <charconv>

#include "protocol/base/check.h"
#include "protocol/domain/date_text.h"
#include "protocol/domain/texts.h"

// By the assembler, so that the table is data and costs no compile time.
asm(".pushsection .rodata\n"
    ".global opora_production_years\n"
    "opora_production_years:\n"
    ".incbin \"" OPORA_PRODUCTION_YEARS
    "\"\n"
    ".global opora_production_years_end\n"
    "opora_production_years_end:\n"
    ".popsection\n");
// The assembler's names, above.  NOLINTBEGIN(readability-identifier-naming)
extern "C" const char opora_production_years[];
extern "C" const char opora_production_years_end[];
// NOLINTEND(readability-identifier-naming)

namespace opora::protocol {

namespace {

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 0) return {};
  return value;
}

// The first part of `text` up to `end`, which goes from `text` with it.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return out;
}

class Table {
 public:
  // What is wrong with the line; nothing: it was read.
  const char* read(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) return nullptr;
    const std::string_view first = take_until(line, '\t');
    const std::string_view second = take_until(line, '\t');
    return first.size() == 4 ? year(first, second) : day(first, second, take_until(line, '\t'));
  }

  Result<std::vector<ProductionYearPublished>> take() {
    if (years_.empty()) return invalid("tsv", "no year");
    std::ranges::sort(years_, {}, &ProductionYearPublished::year);
    for (const auto& each : years_) {
      const Status status = check(each.days);
      if (!status.ok()) {
        return invalid("tsv", std::to_string(each.year) + ", " + status.error().path + ": " +
                                  status.error().message);
      }
    }
    return std::move(years_);
  }

 private:
  const char* year(std::string_view text, std::string_view status_name) {
    const auto value = number(text);
    const auto status = from_name<YearStatus>(status_name);
    if (!value || *value < kFirstProductionYear || *value > kLastProductionYear)
      return "not a year from 2000 to 2099";
    if (!status) return "a year is decreed or preliminary";
    const auto same = [&](const auto& each) { return each.year == *value; };
    if (std::ranges::any_of(years_, same)) return "a year stands twice";
    years_.push_back({static_cast<std::uint16_t>(*value), *status, {}});
    return nullptr;
  }

  const char* day(std::string_view date, std::string_view kind_name, std::string_view instead_of) {
    const auto at = parse_date(date);
    const auto kind = from_name<DayKind>(kind_name);
    const auto other = parse_date(instead_of);
    if (!at) return "neither a year nor a date";
    if (years_.empty() || static_cast<int>(date_of(*at).year()) != years_.back().year)
      return "a day of another year than the row above says";
    if (!kind) return "a day is off, short or working";
    if (!instead_of.empty() && !other) return "not the date of the day off that it stands for";
    if (!years_.back().days.emplace(*at, ProductionDay{*kind, other}).second)
      return "a day stands twice";
    return nullptr;
  }

  std::vector<ProductionYearPublished> years_;
};

}  // namespace

Result<std::vector<ProductionYearPublished>> parse_production_years(std::string_view tsv) {
  if (tsv.size() > kMaxProductionTableBytes) return Error{Code::kTooLarge, "tsv", "over 64 KB"};
  if (tsv.starts_with("\xEF\xBB\xBF")) tsv.remove_prefix(3);
  Table table;
  for (std::size_t line = 1; !tsv.empty(); ++line) {
    if (const char* wrong = table.read(take_until(tsv, '\n')))
      return invalid("tsv", "line " + std::to_string(line) + ": " + wrong);
  }
  return table.take();
}

const std::vector<ProductionYearPublished>& shipped_production_years() {
  static const auto kYears = [] {
    auto years = parse_production_years(
        {opora_production_years,
         static_cast<std::size_t>(opora_production_years_end - opora_production_years)});
    OPORA_CHECK(years.ok());
    return std::move(*years);
  }();
  return kYears;
}

}  // namespace opora::protocol
