#include "node/telephony/plan_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/domain/ownership.h"
#include "web/server/json_reader.h"

namespace opora::telephony {

namespace {

using web::JsonReader;

constexpr web::LineRule kName{1, 64};
constexpr web::IntRule kSeconds{0, 86'400};
constexpr web::IntRule kNumber{1, 65'535};
constexpr web::IntRule kRanks{1, 255};
constexpr web::IntRule kLease{protocol::kMinLeaseMs / 1'000, protocol::kMaxLeaseMs / 1'000};
constexpr std::size_t kMaxSkills = 32;  // bits of Skills
constexpr std::array<std::string_view, protocol::kWeekdays> kDays{"mon", "tue", "wed", "thu",
                                                                  "fri", "sat", "sun"};
constexpr std::array<web::EnumName<Pick>, 2> kPicks{
    {{"longest_idle", Pick::kLongestIdle}, {"best_rank", Pick::kBestRank}}};
constexpr std::array<web::EnumName<Stage::SkillRule>, 2> kSkillRules{
    {{"asked", Stage::SkillRule::kAsked}, {"waived", Stage::SkillRule::kWaived}}};
constexpr std::array<web::EnumName<Recording>, 2> kRecordings{
    {{"none", Recording::kNone}, {"all", Recording::kAll}}};
constexpr std::array<web::EnumName<LinePlan::Notice>, 2> kNotices{
    {{"none", LinePlan::Notice::kNone}, {"first", LinePlan::Notice::kFirst}}};
constexpr std::array<web::EnumName<OverflowTo>, 2> kOverflows{
    {{"region", OverflowTo::kRegion}, {"queue", OverflowTo::kQueue}}};
constexpr std::array<web::EnumName<Overflow::When>, 2> kWhen{
    {{"stays", Overflow::When::kStays}, {"goes", Overflow::When::kGoes}}};
constexpr std::array<web::EnumName<Overflow::NoTrunk>, 2> kNoTrunk{
    {{"stays", Overflow::NoTrunk::kStays}, {"calls_back", Overflow::NoTrunk::kCallsBack}}};
constexpr std::array<web::EnumName<protocol::Holidays>, 2> kHolidays{
    {{"observed", protocol::Holidays::kObserved}, {"ignored", protocol::Holidays::kIgnored}}};

template <class No>
using ByName = std::map<std::string, No, std::less<>>;

// What the rest refers to, before the rest is read. Errors are those of the second reading.
struct Names {
  ByName<QueueNo> queues;
  ByName<MenuNo> menus;
  ByName<AgentNo> agents;
  ByName<Skills> skills;
};

// An agent is called by his extension as a rule, and that is his number.
AgentNo agent_number(JsonReader& in, const std::string& name) {
  if (in.has("no"))
    return AgentNo{static_cast<std::uint32_t>(in.integer("no", {1, 4'000'000'000}))};
  std::uint32_t no = 0;
  const char* end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data(), end, no);
  if (error != std::errc{} || at != end || no == 0)
    in.fail("no", "required where the name is not a number");
  return AgentNo{no};
}

Names read_names(const web::JsonDocument& document) {
  Names out;
  JsonReader in = document.read(web::UnknownFields::kIgnore);
  if (in.has("skills"))
    for (const std::string& name : in.lines("skills", {0, kMaxSkills}, kName))
      out.skills.emplace(name, Skills{std::uint32_t{1} << out.skills.size()});
  in.array("queues", {0, kMaxQueues}, [&](JsonReader& each) {
    const auto no = static_cast<std::uint16_t>(each.integer("no", kNumber));
    out.queues.emplace(each.line("name", kName), no);
  });
  if (in.has("menus"))
    in.array("menus", {0, kMaxMenus}, [&](JsonReader& each) {
      const auto no = static_cast<std::uint16_t>(each.integer("no", kNumber));
      out.menus.emplace(each.line("name", kName), no);
    });
  in.array("agents", {0, kMaxAgents}, [&](JsonReader& each) {
    const std::string name = each.line("name", kName);
    out.agents.emplace(name, agent_number(each, name));
  });
  return out;
}

std::optional<std::uint16_t> minute_of(std::string_view text) {
  const bool shaped = text.size() == 5 && text[2] == ':';
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 99;
  };
  if (!shaped) return std::nullopt;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  const bool known = hours <= 24 && minutes < 60 && hours * 60 + minutes <= protocol::kDayMinutes;
  return known ? std::optional(static_cast<std::uint16_t>(hours * 60 + minutes)) : std::nullopt;
}

std::optional<std::size_t> day_of_week(std::string_view name) {
  const auto* found = std::find(kDays.begin(), kDays.end(), name);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

// The second reading: everything, and what nobody knows is refused.
class PlanReader {
 public:
  PlanReader(const Names& names, SitePlan& out) : names_(names), out_(out), plan_(out.calls) {}

  void read(JsonReader& in) {
    if (in.has("skills")) static_cast<void>(in.lines("skills", {0, kMaxSkills}, kName));
    in.array("queues", {1, kMaxQueues}, [&](JsonReader& each) { read_queue(each); });
    if (in.has("menus"))
      in.array("menus", {0, kMaxMenus}, [&](JsonReader& each) { read_menu(each); });
    in.array("lines", {1, kMaxLines}, [&](JsonReader& each) { read_line(each); });
    in.array("agents", {0, kMaxAgents}, [&](JsonReader& each) { read_agent(each); });
    if (in.has("reserves"))
      in.array("reserves", {0, kMaxQueues}, [&](JsonReader& each) { read_reserve(each); });
    in.optional_object("call_backs", [&](JsonReader& each) { read_call_backs(each); });
    plan_.home = named(in, "home", names_.queues);
    plan_.outgoing =
        in.optional_enum<Recording>("record_outgoing", kRecordings).value_or(plan_.outgoing);
  }

 private:
  template <class No>
  No named(JsonReader& in, std::string_view field, const ByName<No>& all) {
    const auto found = all.find(in.line(field, kName));
    if (found != all.end()) return found->second;
    in.fail(field, "no such name");
    return {};
  }
  // The number and the name of what is read, each there once.
  template <class No>
  No numbered(JsonReader& in, const ByName<No>& all) {
    const No no{static_cast<std::uint16_t>(in.integer("no", kNumber))};
    const auto found = all.find(in.line("name", kName));
    if (found != all.end() && found->second != no) in.fail("name", "there twice");
    return no;
  }
  template <class Map>
  auto& fresh(JsonReader& in, Map& all, typename Map::key_type no) {
    const auto [at, is_new] = all.try_emplace(no);
    if (!is_new) in.fail("no", "there twice");
    return at->second;
  }
  static std::int64_t seconds(JsonReader& in, std::string_view field, std::int64_t usual_ms) {
    const auto given = in.optional_integer(field, kSeconds);
    return given ? *given * 1'000 : usual_ms;
  }
  static Rank rank(JsonReader& in) {
    return Rank{static_cast<std::uint8_t>(in.optional_integer("rank", kRanks).value_or(1))};
  }

  Skills skills(JsonReader& in) {
    Skills out;
    if (!in.has("skills")) return out;
    for (const std::string& name : in.lines("skills", {0, kMaxSkills}, kName)) {
      const auto found = names_.skills.find(name);
      if (found == names_.skills.end()) in.fail("skills", "no such skill");
      else out.v |= found->second.v;
    }
    return out;
  }

  Route route(JsonReader& in) {
    const int ways =
        (in.has("queue") ? 1 : 0) + (in.has("menu") ? 1 : 0) + (in.has("closed") ? 1 : 0);
    if (ways != 1) in.fail("", "one of queue, menu and closed");
    if (in.has("menu")) return ToMenu{named(in, "menu", names_.menus)};
    if (in.has("closed")) {
      if (!in.boolean("closed")) in.fail("closed", "true, or another way");
      if (!in.has("calls_back")) return ToClosed{};
      return ToClosed{named(in, "calls_back", names_.queues)};
    }
    ToQueue to{named(in, "queue", names_.queues)};
    const std::int64_t priority = in.optional_integer("priority", {0, kMaxPriority}).value_or(0);
    to.priority = Priority{static_cast<std::uint8_t>(priority)};
    to.skills = skills(in);
    return to;
  }

  void read_queue(JsonReader& in) {
    QueuePlan& queue = fresh(in, plan_.queues, numbered(in, names_.queues));
    queue.desk = DeskNo{static_cast<std::uint16_t>(in.integer("desk", {1, 99}))};
    queue.line = in.optional_line("line", kName).value_or(in.line("name", kName));
    queue.pick = in.optional_enum<Pick>("pick", kPicks).value_or(queue.pick);
    queue.ring_ms = seconds(in, "ring_s", queue.ring_ms);
    queue.wrap_up_ms = seconds(in, "wrap_up_s", queue.wrap_up_ms);
    queue.announce_every_ms = seconds(in, "announce_every_s", queue.announce_every_ms);
    queue.call_back_after_ms = seconds(in, "call_back_after_s", queue.call_back_after_ms);
    queue.recording = in.optional_enum<Recording>("record", kRecordings).value_or(queue.recording);
    if (in.has("stages"))
      in.array("stages", {0, kMaxStages}, [&](JsonReader& each) {
        const std::int64_t after = seconds(each, "after_s", 0);
        const auto rule = each.optional_enum<Stage::SkillRule>("skills", kSkillRules);
        queue.stages.push_back({after, rank(each), rule.value_or(Stage::SkillRule::kAsked)});
      });
    in.optional_object("overflow", [&](JsonReader& each) { read_overflow(each, queue.overflow); });
  }

  void read_overflow(JsonReader& in, Overflow& out) {
    out.to = in.required_enum<OverflowTo>("to", kOverflows);
    if (out.to == OverflowTo::kQueue) out.queue = named(in, "queue", names_.queues);
    out.waited_ms = seconds(in, "waited_s", 0);
    out.estimate_ms = seconds(in, "estimate_s", 0);
    const std::int64_t longer = in.optional_integer("longer_than", {0, kMaxCalls}).value_or(0);
    out.longer_than = static_cast<std::uint16_t>(longer);
    out.nobody = in.optional_enum<Overflow::When>("nobody", kWhen).value_or(out.nobody);
    out.closed = in.optional_enum<Overflow::When>("closed", kWhen).value_or(out.closed);
    out.fault = in.optional_enum<Overflow::When>("fault", kWhen).value_or(out.fault);
    out.no_trunk = in.optional_enum<Overflow::NoTrunk>("no_trunk", kNoTrunk).value_or(out.no_trunk);
    if (out.to != OverflowTo::kRegion && out.no_trunk != Overflow::NoTrunk::kStays)
      in.fail("no_trunk", "only where the region is rung");
  }

  // O7: when people are called back, and how often it is tried.
  void read_call_backs(JsonReader& in) {
    protocol::CallBackRule& rule = out_.call_backs;
    if (in.has("hours")) {
      const auto span = one_span(in, in.line("hours", {11, 11}));
      rule.from_min = span.from;
      rule.to_min = span.to;
      if (rule.from_min >= rule.to_min) in.fail("hours", "end before they begin");
    }
    const web::IntRule attempts{1, protocol::kMaxCallBackAttempts};
    rule.attempts = static_cast<std::uint8_t>(
        in.optional_integer("attempts", attempts).value_or(rule.attempts));
    rule.retry_ms = seconds(in, "retry_s", rule.retry_ms);
    in.optional_object("region", [&](JsonReader& each) {
      CallBackRegion& region = out_.call_backs_region;
      region.site = SiteNo{static_cast<std::uint32_t>(each.integer("site", {1, kMaxSiteNo}))};
      region.after_ms = seconds(each, "after_s", region.after_ms);
      region.lease_ms =
          each.optional_integer("lease_s", kLease).value_or(region.lease_ms / 1'000) * 1'000;
    });
  }

  void read_menu(JsonReader& in) {
    MenuPlan& menu = fresh(in, plan_.menus, numbered(in, names_.menus));
    menu.digit_ms = seconds(in, "digit_s", menu.digit_ms);
    in.array("digits", {1, 12}, [&](JsonReader& each) {
      const std::string digit = each.line("digit", {1, 1});
      const Route to = route(each);
      if (digit.empty()) return;
      if (!menu.digits.emplace(digit[0], to).second) each.fail("digit", "there twice");
    });
    in.object("otherwise", [&](JsonReader& each) { menu.otherwise = route(each); });
  }

  void read_line(JsonReader& in) {
    const std::string number = in.line("number", kName);
    const auto [at, is_new] = plan_.lines.try_emplace(number);
    if (!is_new) in.fail("number", "there twice");
    LinePlan& line = at->second;
    line.notice = in.optional_enum<LinePlan::Notice>("notice", kNotices).value_or(line.notice);
    if (in.has("rules"))
      in.array("rules", {0, 32}, [&](JsonReader& each) { read_rule(each, line); });
    in.object("otherwise", [&](JsonReader& each) { line.otherwise = route(each); });
  }

  void read_rule(JsonReader& in, LinePlan& line) {
    Rule& rule = line.rules.emplace_back();
    in.array("week", {1, protocol::kWeekdays}, [&](JsonReader& each) { read_days(each, rule); });
    rule.when.holidays = in.optional_enum<protocol::Holidays>("holidays", kHolidays)
                             .value_or(protocol::Holidays::kObserved);
    if (in.has("days"))
      in.array("days", {0, protocol::kMaxOwnDays}, [&](JsonReader& each) {
        const auto date = each.date("day");
        const protocol::Hours open = hours(each);
        if (date.ok()) rule.when.own_days[protocol::day_of(date)] = open;
      });
    in.object("to", [&](JsonReader& each) { rule.route = route(each); });
  }

  // "mon", or "mon-fri".
  void read_days(JsonReader& in, Rule& rule) {
    const std::string days = in.line("days", {3, 7});
    const auto first = day_of_week(std::string_view(days).substr(0, 3));
    const auto last =
        days.size() == 7 && days[3] == '-' ? day_of_week(std::string_view(days).substr(4)) : first;
    const bool known = first && last && *first <= *last && (days.size() == 3 || days.size() == 7);
    if (!known) return in.fail("days", "as mon or mon-fri");
    const protocol::Hours open = hours(in);
    for (std::size_t day = *first; day <= *last; ++day) rule.when.week[day] = open;
  }

  // "07:30-16:01": the end is left out.
  static protocol::Hours hours(JsonReader& in) {
    protocol::Hours out;
    for (const std::string& span : in.lines("hours", {0, protocol::kMaxSpans}, {11, 11}))
      out.push_back(one_span(in, span));
    return out;
  }
  static protocol::DaySpan one_span(JsonReader& in, std::string_view span) {
    if (span.size() == 11 && span[5] == '-') {
      const auto from = minute_of(span.substr(0, 5));
      const auto to = minute_of(span.substr(6));
      if (from && to) return {*from, *to};
    }
    in.fail("hours", "as 07:30-16:00");
    return {};
  }

  void read_agent(JsonReader& in) {
    const std::string name = in.line("name", kName);
    const AgentNo no = agent_number(in, name);
    const auto known = names_.agents.find(name);
    if (known != names_.agents.end() && known->second != no) in.fail("name", "there twice");
    AgentPlan& agent = fresh(in, plan_.agents, no);
    if (name != std::to_string(no.v)) out_.names[no] = name;
    agent.skills = skills(in);
    in.array("serves", {1, kMaxQueues}, [&](JsonReader& each) {
      const QueueNo queue = named(each, "queue", names_.queues);
      agent.serves[queue] = rank(each);
    });
  }

  void read_reserve(JsonReader& in) {
    const GroupNo no{static_cast<std::uint16_t>(in.integer("no", kNumber))};
    GroupPlan& group = fresh(in, plan_.reserves, no);
    group.queue = named(in, "queue", names_.queues);
    group.rank = rank(in);
    for (const std::string& name : in.lines("agents", {1, kMaxAgents}, kName)) {
      const auto agent = names_.agents.find(name);
      if (agent == names_.agents.end()) in.fail("agents", "no such agent");
      else group.agents.push_back(agent->second);
    }
  }

  const Names& names_;
  SitePlan& out_;
  Plan& plan_;
};

}  // namespace

Result<SitePlan> read_plan(std::string_view json, protocol::ZoneOffset zone,
                           protocol::ProductionCalendar production) {
  if (json.size() > kMaxPlanBytes) return Error{Code::kTooLarge, "", "a plan of calls"};
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  const Names names = read_names(*document);
  SitePlan out;
  out.skills = names.skills;
  out.calls.zone = std::move(zone);
  out.calls.production = std::move(production);
  JsonReader in = document->read();
  PlanReader(names, out).read(in);
  OPORA_TRY(in.finish());
  OPORA_TRY(check(out.calls));
  return out;
}

}  // namespace opora::telephony
