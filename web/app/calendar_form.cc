#include "web/app/calendar_form.h"

#include "web/app/catalogue_edit.h"
#include "web/app/names.h"
#include "web/app/zones.h"

namespace opora::app {

using protocol::CalendarState;
using protocol::Hours;
using protocol::Norm;
using protocol::ProductionYearState;
using protocol::QueueState;
using web::JsonReader;
using web::JsonWriter;

namespace {

// A year has this many days.
constexpr std::size_t kMaxYearDays = 366;
constexpr std::size_t kClockTextSize = 5;  // HH:MM
constexpr std::size_t kMaxReactions = 100;
constexpr std::size_t kMaxTaken = 200;  // as protocol/domain/decide_catalogue.cc has it

std::optional<std::uint16_t> parse_clock(std::string_view text) {
  if (text.size() != kClockTextSize || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (minutes > 59 || hours * 60 + minutes > protocol::kDayMinutes) return std::nullopt;
  return static_cast<std::uint16_t>(hours * 60 + minutes);
}

std::string clock_text(std::uint16_t minutes) {
  const auto two = [](int n) {
    return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
  };
  return two(minutes / 60) + ":" + two(minutes % 60);
}

std::uint16_t read_clock(JsonReader& in, std::string_view name) {
  const auto minutes = parse_clock(in.line(name, {1, kClockTextSize}));
  if (!minutes) in.fail(name, "a time of the day, HH:MM");
  return minutes.value_or(0);
}

std::optional<LocalDay> optional_day(JsonReader& in, std::string_view name) {
  const auto date = in.optional_date(name);
  return date ? std::optional(protocol::day_of(*date)) : std::nullopt;
}

// Some day when there is none, which is an error of the reader's then.
LocalDay read_day(JsonReader& in, std::string_view name) {
  const auto date = in.date(name);
  return date.ok() ? protocol::day_of(date) : LocalDay{};
}

Hours read_spans(JsonReader& in) {
  Hours out;
  in.array("spans", {0, protocol::kMaxSpans}, [&](JsonReader& span) {
    const std::uint16_t from = read_clock(span, "from");
    out.push_back({from, read_clock(span, "to")});
  });
  return out;
}

Norm read_norm(JsonReader& in, std::string_view name) {
  Norm out;
  in.optional_object(name, [&](JsonReader& norm) {
    out.minutes =
        static_cast<std::uint32_t>(norm.integer("minutes", {1, protocol::kMaxNormMinutes}));
    out.unit = norm.required_enum<protocol::NormUnit>("unit", enum_names<protocol::NormUnit>());
    out.running = norm.required_enum<protocol::Running>("running", enum_names<protocol::Running>());
  });
  return out;
}

void write_spans(JsonWriter& out, const Hours& hours) {
  out.array("spans", [&] {
    for (const auto& span : hours) {
      out.object([&] {
        out.field("from", clock_text(span.from));
        out.field("to", clock_text(span.to));
      });
    }
  });
}

template <class Facts>
void read_common(JsonReader& in, std::string_view id, Facts& out) {
  out.id = id;
  out.name_ru = in.line("name_ru", {1, 200});
  out.name_en = in.line("name_en", {1, 200});
  out.disabled = in.boolean("disabled");
}

template <class Facts>
void write_common(JsonWriter& out, const protocol::CatalogueState<Facts>& state) {
  out.field("id", state.facts.id);
  write_version(out, state.seq, state.changed);
  out.field("name_ru", state.facts.name_ru);
  out.field("name_en", state.facts.name_en);
  out.field("disabled", state.facts.disabled);
}

}  // namespace

Result<protocol::PublishProductionYear> read_production_year(std::uint16_t year,
                                                             const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  JsonReader in = document->read();
  protocol::PublishProductionYear out;
  out.base = read_version(in);
  out.facts.year = year;
  out.facts.status =
      in.required_enum<protocol::YearStatus>("status", enum_names<protocol::YearStatus>());
  in.array("days", {0, kMaxYearDays}, [&](JsonReader& row) {
    protocol::ProductionDay rule;
    const LocalDay day = read_day(row, "date");
    rule.kind = row.required_enum<protocol::DayKind>("kind", enum_names<protocol::DayKind>());
    rule.instead_of = optional_day(row, "instead_of");
    // In their order, so that the number of a row names it in every error.
    if (!out.facts.days.empty() && day <= out.facts.days.rbegin()->first)
      row.fail("date", "not after the day before it");
    out.facts.days.emplace(day, rule);
  });
  OPORA_TRY(in.finish());
  return out;
}

Result<protocol::ChangeCalendar> read_calendar(std::string_view id, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  JsonReader in = document->read();
  protocol::ChangeCalendar out;
  out.base = read_version(in);
  read_common(in, id, out.facts);
  out.facts.zone = in.optional_line("zone", {0, 64}).value_or("");
  out.facts.hours.holidays =
      in.required_enum<protocol::Holidays>("holidays", enum_names<protocol::Holidays>());
  std::size_t weekday = 0;
  in.array("week", {protocol::kWeekdays, protocol::kWeekdays}, [&](JsonReader& day) {
    const Hours hours = read_spans(day);
    if (weekday < protocol::kWeekdays) out.facts.hours.week[weekday++] = hours;
  });
  auto& own_days = out.facts.hours.own_days;
  in.array("own_days", {0, protocol::kMaxOwnDays}, [&](JsonReader& row) {
    const LocalDay day = read_day(row, "date");
    if (!own_days.empty() && day <= own_days.rbegin()->first)
      row.fail("date", "not after the day before it");
    own_days.emplace(day, read_spans(row));
  });
  OPORA_TRY(in.finish());
  if (!out.facts.zone.empty() && !Zone::find(out.facts.zone).ok())
    return invalid("zone", "not a known time zone");
  return out;
}

Result<protocol::ChangeQueue> read_queue(std::string_view id, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  JsonReader in = document->read();
  protocol::ChangeQueue out;
  out.base = read_version(in);
  read_common(in, id, out.facts);
  out.facts.line = static_cast<std::uint8_t>(in.integer("line", {1, 3}));
  out.facts.calendar = in.line("calendar", {1, 40});
  std::size_t i = 0;
  in.array("norms", {protocol::kUrgencies, protocol::kUrgencies}, [&](JsonReader& row) {
    const auto urgency =
        row.required_enum<protocol::Urgency>("urgency", enum_names<protocol::Urgency>());
    if (i >= protocol::kUrgencies) return;
    if (static_cast<std::size_t>(urgency) != i + 1) row.fail("urgency", "from low to critical");
    out.facts.norms[i].registration = read_norm(row, "registration");
    out.facts.norms[i++].completion = read_norm(row, "completion");
  });
  in.array("reactions", {0, kMaxReactions}, [&](JsonReader& row) {
    protocol::Reaction reaction;
    reaction.category = row.optional_line("category", {0, 200}).value_or("");
    reaction.norm = read_norm(row, "norm");
    out.facts.reactions.push_back(std::move(reaction));
  });
  if (in.has("topics")) out.facts.topics = in.lines("topics", {0, kMaxTaken}, {1, 200});
  if (in.has("sites")) {
    for (const std::int64_t no : in.integers("sites", {0, kMaxTaken}, {1, kMaxSiteNo}))
      out.facts.sites.emplace_back(static_cast<std::uint32_t>(no));
  }
  // Who does not speak of it leaves what is usual; null is none.
  if (in.names("silence")) out.facts.silence = read_norm(in, "silence");
  if (in.names("region_after")) out.facts.region_after = read_norm(in, "region_after");
  OPORA_TRY(in.finish());
  return out;
}

void write_norm(JsonWriter& out, std::string_view name, const Norm& norm) {
  if (norm.minutes == 0) return out.field(name, std::nullopt);
  out.object(name, [&] {
    out.field("minutes", norm.minutes);
    out.field("unit", protocol::to_name(norm.unit));
    out.field("running", protocol::to_name(norm.running));
  });
}

void write_production_year(JsonWriter& out, const ProductionYearState& year) {
  out.object([&] {
    out.field("year", year.facts.year);
    write_version(out, year.seq, year.changed);
    out.field("status", protocol::to_name(year.facts.status));
    out.array("days", [&] {
      for (const auto& entry : year.facts.days) {
        const protocol::ProductionDay& rule = entry.second;
        out.object([&] {
          out.field("date", to_text(entry.first));
          out.field("kind", protocol::to_name(rule.kind));
          out.field("instead_of",
                    rule.instead_of ? std::optional(to_text(*rule.instead_of)) : std::nullopt);
        });
      }
    });
  });
}

void write_calendar(JsonWriter& out, const CalendarState& calendar) {
  const auto& facts = calendar.facts;
  out.object([&] {
    write_common(out, calendar);
    out.field("zone", facts.zone.empty() ? std::nullopt : std::optional(facts.zone));
    out.field("holidays", protocol::to_name(facts.hours.holidays));
    out.array("week", [&] {
      for (const Hours& hours : facts.hours.week) out.object([&] { write_spans(out, hours); });
    });
    out.array("own_days", [&] {
      for (const auto& own : facts.hours.own_days) {
        out.object([&] {
          out.field("date", to_text(own.first));
          write_spans(out, own.second);
        });
      }
    });
  });
}

void write_queue(JsonWriter& out, const QueueState& queue) {
  const auto& facts = queue.facts;
  out.object([&] {
    write_common(out, queue);
    out.field("line", facts.line);
    out.field("calendar", facts.calendar);
    out.array("norms", [&] {
      for (std::size_t i = 0; i < facts.norms.size(); ++i) {
        out.object([&] {
          out.field("urgency", protocol::to_name(static_cast<protocol::Urgency>(i + 1)));
          write_norm(out, "registration", facts.norms[i].registration);
          write_norm(out, "completion", facts.norms[i].completion);
        });
      }
    });
    out.array("reactions", [&] {
      for (const auto& reaction : facts.reactions) {
        out.object([&] {
          out.field("category",
                    reaction.category.empty() ? std::nullopt : std::optional(reaction.category));
          write_norm(out, "norm", reaction.norm);
        });
      }
    });
    out.array("topics", [&] {
      for (const std::string& topic : facts.topics) out.value(topic);
    });
    out.array("sites", [&] {
      for (const SiteNo site : facts.sites) out.value(site);
    });
    write_norm(out, "silence", facts.silence);
    write_norm(out, "region_after", facts.region_after);
  });
}

}  // namespace opora::app
