// T5, T13 and O7b: what is counted of calls is what a naive recount of the journal gives, cell by
// cell, at the site and at the hub.
#include <algorithm>
#include <tuple>

#include "protocol/domain/local_day.h"
#include "sync/journal/unread.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::CallStep;
using protocol::Counter;
using protocol::Counters;
using protocol::Kind;
using sync::Table;

namespace {

using Cells = std::map<Bytes, Counters>;

std::int64_t& at(Counters& counters, Counter which) {
  return counters[static_cast<std::size_t>(which)];
}

// By mission.md's words on T5 and not by the product's summary.
class Recount {
 public:
  explicit Recount(SiteNo site) : site_(site) {}

  void add_call(const std::vector<protocol::CallObserved>& steps) {
    const bool out = std::any_of(steps.begin(), steps.end(), [](const auto& step) {
      return step.direction == protocol::Direction::kOut;
    });
    if (out) return;  // T5 counts who called in
    Seen seen;
    for (const auto& step : steps) look_at(step, seen);
    if (!seen.queued) seen.queued = seen.first;
    // T23: with a journey the other site counts him from when he was handed over.
    const bool gone = seen.travels && (seen.handed_over || (seen.ever_handed_over && seen.ended));
    if (gone) {
      count_agents(seen);
      return count(seen, Counter::kHandedOver);
    }
    if (seen.answered) return accepted(steps, seen);
    if (seen.handed_over) return count(seen, Counter::kHandedOver);
    if (!seen.ended || seen.from_another_site) return;
    const bool phantom = *seen.ended - *seen.queued <= seen.phantom_ms;
    count(seen, phantom ? Counter::kPhantom : Counter::kLost);
    count(seen, Counter::kReceived);
  }
  void add_contact(const protocol::ContactRegistered& contact) {
    if (contact.channel != protocol::Channel::kPhone ||
        contact.direction != protocol::Direction::kIn)
      return;
    const auto day = protocol::local_day(contact.occurred_at, contact.zone_offset_min);
    ++at(cells_[protocol::keys::day_cube(day, site_, contact.desk)], Counter::kRegistered);
    ++at(cells_[protocol::keys::quarter_cube(site_, contact.desk, contact.occurred_at, "")],
         Counter::kRegistered);
  }
  enum class Reached : std::uint8_t { kNo, kYes };
  void add_call_back(const protocol::CallBackOpened& task, Reached reached) {
    const auto day = protocol::local_day(task.lost_at, task.zone_offset_min);
    Counters& cell = cells_[protocol::keys::day_cube(day, site_, task.desk)];
    ++at(cell, Counter::kToCallBack);
    if (reached == Reached::kYes) ++at(cell, Counter::kCalledBack);
  }
  Cells take() {
    std::erase_if(cells_, [](const auto& cell) { return cell.second == Counters{}; });
    return std::move(cells_);
  }

 private:
  struct Seen {
    TimeMs first{std::numeric_limits<std::int64_t>::max()};
    std::optional<TimeMs> queued, answered, ended;
    std::set<std::string> agents;
    std::string who;
    std::string line;
    DeskNo desk{1};
    bool handed_over = false;
    bool ever_handed_over = false;
    bool travels = false;
    bool from_another_site = false;
    std::int64_t phantom_ms = 0;
    std::optional<std::int16_t> zone;
  };

  static void look_at(const protocol::CallObserved& step, Seen& seen) {
    seen.first = std::min(seen.first, step.at);
    if (!seen.zone) seen.zone = step.zone_offset_min;
    seen.phantom_ms = step.phantom_ms;
    if (step.desk.v != 0) seen.desk = step.desk;
    if (!step.line.empty()) seen.line = step.line;
    if (step.step != CallStep::kEnded) seen.handed_over = step.step == CallStep::kHandedOver;
    seen.ever_handed_over = seen.ever_handed_over || seen.handed_over;
    seen.travels = seen.travels || !step.journey.is_zero();
    seen.from_another_site = seen.from_another_site || step.from_site.v != 0;
    if (step.step == CallStep::kQueued)
      seen.queued = std::min(seen.queued.value_or(step.at), step.at);
    if (step.step == CallStep::kEnded) seen.ended = step.at;
    if (step.step != CallStep::kAnswered) return;
    if (!seen.answered) seen.answered = step.at, seen.who = step.agent;
    seen.agents.insert(step.agent);
  }

  void accepted(const std::vector<protocol::CallObserved>& steps, const Seen& seen) {
    count(seen, Counter::kReceived);
    count(seen, Counter::kAccepted);
    count(seen, Counter::kWaitMs, *seen.answered - *seen.queued);
    if (seen.ended) count(seen, Counter::kTalkMs, *seen.ended - *seen.answered);
    std::optional<TimeMs> rung;
    for (const auto& step : steps) {
      const bool his = step.step == CallStep::kRinging && step.agent == seen.who;
      if (his && step.at <= *seen.answered) rung = step.at;
    }
    if (rung) count(seen, Counter::kAnswerMs, *seen.answered - *rung);
    count_agents(seen);
  }
  // All who answered, whoever counts the call.
  void count_agents(const Seen& seen) {
    for (const std::string& agent : seen.agents)
      ++at(cells_[protocol::keys::agent_day(day_of(seen), site_, seen.desk, agent)],
           Counter::kAccepted);
  }

  static std::int32_t day_of(const Seen& seen) {
    return protocol::local_day(*seen.queued, *seen.zone);
  }
  void count(const Seen& seen, Counter which, std::int64_t much = 1) {
    much = std::max<std::int64_t>(much, 0);
    at(cells_[protocol::keys::day_cube(day_of(seen), site_, seen.desk)], which) += much;
    at(cells_[protocol::keys::quarter_cube(site_, seen.desk, *seen.queued, seen.line)], which) +=
        much;
  }

  const SiteNo site_;
  Cells cells_;
};

Cells cells_of(const sync::Reader& rows, SiteNo site) {
  Cells out;
  const auto take = [&](std::string_view key, std::string_view value) {
    out.emplace(key, protocol::counters_of(value));
    return true;
  };
  rows.scan_prefix(Table::kCube, KeyWriter().u8('q').u32(site.v).take(), take);
  for (const char family : {'d', 'a'}) {
    rows.scan_prefix(Table::kCube, Bytes(1, family),
                     [&](std::string_view key, std::string_view value) {
                       const bool its = SiteNo{KeyReader(key.substr(5)).u32()} == site;
                       return its ? take(key, value) : true;
                     });
  }
  return out;
}

std::string difference(const Cells& counted, const Cells& recounted) {
  for (const auto& [key, counters] : recounted) {
    const auto there = counted.find(key);
    for (std::size_t i = 0; i < counters.size(); ++i) {
      const std::int64_t has = there == counted.end() ? 0 : there->second[i];
      if (has != counters[i])
        return std::string(1, key[0]) + ", counter " + std::to_string(i) + ": " +
               std::to_string(has) + " instead of " + std::to_string(counters[i]);
    }
  }
  for (const auto& [key, counters] : counted)
    if (!recounted.contains(key)) return std::string(1, key[0]) + ", a cell of nothing";
  return {};
}

}  // namespace

// By the last words that stand: the earliest of two openings, the end in its turn, the latest talk.
bool Checks::is_called_back(const CallBackTask& task) {
  Hlt asked, met, ended;
  auto how_met = protocol::CallBackEnd::kNone;
  auto how_ended = protocol::CallBackEnd::kNone;
  for (const Held* held : task.said) {
    const Hlt said = held->env.hlt;
    if (std::holds_alternative<protocol::CallBackAsked>(held->facts) || held == task.opened)
      asked = std::max(asked, said);
    const auto* talk = std::get_if<protocol::CallBackMet>(&held->facts);
    if (talk != nullptr && std::tie(said, talk->how) > std::tie(met, how_met))
      met = said, how_met = talk->how;
    const auto* tried = std::get_if<protocol::CallBackTried>(&held->facts);
    if (tried != nullptr && tried->end != protocol::CallBackEnd::kNone && in_turn(task, *held))
      ended = said, how_ended = tried->end;
  }
  if (std::max(met, ended) <= asked) return false;
  const auto how = ended > met ? how_ended : how_met;
  return how == protocol::CallBackEnd::kReached || how == protocol::CallBackEnd::kGotThrough;
}

void Checks::check_counts(std::uint32_t sites, const Journal& hub) {
  const auto rows = find_(kHubSite)->disk().synced();
  const auto refused = sync::unread_refs(*rows);
  using Told = std::map<std::uint32_t, const Held*>;
  std::map<SiteNo, std::map<AggregateId, Told>> calls;
  std::map<SiteNo, std::map<AggregateId, const Held*>> contacts;
  const auto earlier = [](const Held*& known, const Held& held) {
    if (known == nullptr || held.env.hlt < known->env.hlt) known = &held;
  };
  for (const auto& [ref, held] : hub) {
    if (refused.contains(ref)) continue;
    if (const auto* call = std::get_if<protocol::CallObserved>(&held.facts))
      earlier(calls[ref.origin][held.env.aggregate][call->seq], held);
    if (std::holds_alternative<protocol::ContactRegistered>(held.facts))
      earlier(contacts[ref.origin][held.env.aggregate], held);
  }
  const auto tasks = call_back_tasks(hub);
  for (std::uint32_t no = 1; no <= sites; ++no) {
    const SiteNo site{no};
    Recount recount(site);
    for (const auto& [id, told] : calls[site]) {
      std::vector<protocol::CallObserved> steps;
      for (const auto& [seq, held] : told)
        steps.push_back(std::get<protocol::CallObserved>(held->facts));
      recount.add_call(steps);
    }
    for (const auto& [id, held] : contacts[site])
      recount.add_contact(std::get<protocol::ContactRegistered>(held->facts));
    for (const auto& [id, task] : tasks) {
      if (task.home != site || task.opened == nullptr) continue;
      recount.add_call_back(std::get<protocol::CallBackOpened>(task.opened->facts),
                            is_called_back(task) ? Recount::Reached::kYes : Recount::Reached::kNo);
    }
    const Cells recounted = recount.take();
    for (const SiteNo at : {site, kHubSite}) {
      const std::string wrong = difference(cells_of(*find_(at)->disk().synced(), site), recounted);
      if (!wrong.empty())
        sim_.story.wrong("calls of " + name_of(site) + " are counted wrongly at " + name_of(at) +
                         ": " + wrong);
    }
  }
}

}  // namespace opora::sim
