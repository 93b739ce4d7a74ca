// Calls, and the calls back that lost ones owe (O7, N2), from the events alone: every call ends
// once; a number is owed one call back at a site; one desk at a time has it; another site only
// under a lease, and what was done behind the lease is told to both.
#include <algorithm>
#include <tuple>

#include "protocol/domain/call_back.h"
#include "protocol/domain/facets.h"
#include "protocol/domain/ownership.h"
#include "sync/journal/unread.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::Kind;
using sync::Table;

namespace {

std::string text(const AggregateId& id) { return id.hex().substr(0, 8); }

}  // namespace

// The same number told twice (a restored site heard it again) is one telling.
void Checks::check_calls(const Journal& hub, const Ledger& ledger) {
  std::map<AggregateId, std::set<std::uint32_t>> ends;
  for (const auto& [ref, held] : hub) {
    const auto* seen = std::get_if<protocol::CallObserved>(&held.facts);
    if (seen == nullptr || ref.origin == hostile_ || seen->step != protocol::CallStep::kEnded)
      continue;
    ends[held.env.aggregate].insert(seen->seq);
  }
  for (const auto& [call, numbers] : ends) {
    if (numbers.size() > 1) sim_.story.wrong("call " + text(call) + " ended twice");
  }
  for (const auto& [id, call] : ledger.calls) {
    if (!ends.contains(id) && !is_excused(ledger, call.site, call.end))
      sim_.story.wrong("call " + text(id) + " of " + name_of(call.site) + " has no end");
  }
}

// Who went over to another site is one call in the region's report (T5, T23), whichever records
// came first. By what the hub counts of each of the two.
void Checks::check_journeys(const Ledger& ledger) {
  const auto rows = find_(kHubSite)->disk().synced();
  std::set<CommandId> taken;  // of others the rules said no: a clock that was years off
  for (const Answered& answered : ledger.answered) taken.insert(answered.command);
  for (const auto& [journey, of] : ledger.journeys) {
    const bool excused = std::any_of(of.told.begin(), of.told.end(), [&](const auto& told) {
      return !taken.contains(told.second) || is_excused(ledger, told.first, told.second);
    });
    if (excused) continue;
    std::int64_t counted = 0;
    std::string calls;
    for (const AggregateId& call : of.calls) {
      calls += " " + text(call);
      const auto entity = sync::read_entity(*rows, Kind::kCall, call);
      if (!entity.exists()) continue;
      for (const auto& [seq, seen] : entity.as<protocol::CallState>()->seen)
        calls += " " + std::to_string(seq) + ":" + std::to_string(static_cast<int>(seen.step));
      for (const protocol::CubeRow& row : protocol::facets(entity).cubes)
        if (row.key.front() == 'd')
          counted += row.delta[static_cast<std::size_t>(protocol::Counter::kReceived)];
    }
    if (counted != 1)
      sim_.story.wrong("journey " + journey.hex().substr(0, 8) + " is counted " +
                       std::to_string(counted) + " times: calls" + calls);
  }
}

std::map<AggregateId, Checks::CallBackTask> Checks::call_back_tasks(const Journal& hub) const {
  const auto refused = sync::unread_refs(*find_(kHubSite)->disk().synced());
  std::map<AggregateId, CallBackTask> out;
  for (const auto& [ref, held] : hub) {
    const bool counts = protocol::kind_of(held.env.type) == Kind::kCallBack &&
                        ref.origin != hostile_ && !refused.contains(ref);
    if (!counts) continue;
    CallBackTask& task = out[held.env.aggregate];
    task.said.push_back(&held);
    if (const auto* opened = std::get_if<protocol::CallBackOpened>(&held.facts)) {
      task.home = ref.origin;
      if (task.opened == nullptr || held.env.hlt < task.opened->env.hlt) task.opened = &held;
      task.calls.insert(opened->call);
    } else if (const auto* asked = std::get_if<protocol::CallBackAsked>(&held.facts)) {
      task.calls.insert(asked->call);
    } else if (std::holds_alternative<protocol::CallBackRouted>(held.facts)) {
      const Held*& began = task.began[held.env.term];
      if (began == nullptr || held.env.hlt < began->env.hlt) began = &held;
      task.readers.insert(std::get<protocol::CallBackRouted>(held.facts).to);
    }
  }
  for (auto& [id, task] : out) {
    std::sort(task.said.begin(), task.said.end(), [](const Held* a, const Held* b) {
      return std::tie(a->env.term, a->env.seq, a->env.hlt) <
             std::tie(b->env.term, b->env.seq, b->env.hlt);
    });
    // That it was lent may be lost with two stores: who spoke of it elsewhere says it.
    const bool elsewhere = std::any_of(task.said.begin(), task.said.end(), [&](const Held* held) {
      return held->ref.origin != task.said.front()->ref.origin;
    });
    if (elsewhere || !task.readers.empty()) task.readers.insert(task.home);
  }
  return out;
}

// Whose turn a term is; nobody's when it is not known where it began.
SiteNo Checks::owner_in(const CallBackTask& task, OwnerTerm term) {
  if (term == protocol::kFirstTerm) return task.home;
  const auto began = task.began.find(term);
  if (began == task.began.end()) return {};
  return std::get<protocol::CallBackRouted>(began->second->facts).to;
}

bool Checks::in_turn(const CallBackTask& task, const Held& held) {
  if (task.opened == nullptr || owner_in(task, held.env.term) != held.ref.origin) return false;
  const auto next = task.began.find(OwnerTerm{held.env.term.v + 1});
  return next == task.began.end() ||
         held.ref.n <= std::get<protocol::CallBackRouted>(next->second->facts).valid_through;
}

// Two stores of one site may have said the same turn twice.
bool Checks::is_forked(const CallBackTask& task) {
  std::set<std::pair<OwnerTerm, OwnerSeq>> turns;
  return std::any_of(task.said.begin(), task.said.end(), [&](const Held* held) {
    return held->env.seq.v != 0 && !turns.emplace(held->env.term, held->env.seq).second;
  });
}

void Checks::check_call_backs(const Journal& hub, const Ledger& ledger) {
  for (const auto& [id, task] : call_back_tasks(hub)) {
    check_one_line(id, task, ledger);
    check_same_everywhere(Kind::kCallBack, id, task.readers, "call back " + text(id));
    if (is_forked(task)) continue;
    check_claims(id, task, ledger);
    check_leases(id, task);
    check_late(id, task);
  }
  check_one_task(ledger);
}

// All its calls came from one number.
void Checks::check_one_line(const AggregateId& id, const CallBackTask& task, const Ledger& ledger) {
  std::set<std::string> phones;
  for (const AggregateId& call : task.calls) {
    const auto known = ledger.calls.find(call);
    if (known != ledger.calls.end()) phones.insert(known->second.phone);
  }
  if (phones.size() > 1) sim_.story.wrong("call back " + text(id) + " is of two persons");
  if (phones.contains("")) sim_.story.wrong("call back " + text(id) + " is of nobody");
}

// Within a term one desk at a time; a store that was an older one, and a second machine, did not
// know who had it.
void Checks::check_claims(const AggregateId& id, const CallBackTask& task, const Ledger& ledger) {
  const Held* holder = nullptr;
  for (const Held* held : task.said) {
    if (!in_turn(task, *held) || ledger.restored.contains(held->ref.origin)) continue;
    if (holder != nullptr && holder->env.term != held->env.term) holder = nullptr;
    if (std::holds_alternative<protocol::CallBackTried>(held->facts)) holder = nullptr;
    const auto* claim = std::get_if<protocol::CallBackClaimed>(&held->facts);
    if (claim == nullptr) continue;
    const auto* before =
        holder == nullptr ? nullptr : std::get_if<protocol::CallBackClaimed>(&holder->facts);
    if (before != nullptr && before->by != claim->by && claim->at < before->until)
      sim_.story.wrong("call back " + text(id) + " is " + before->by + "'s and " + claim->by +
                       "'s at " + name_of(held->ref.origin));
    holder = held;
  }
}

// Whoever has it under a lease stops before its end, and at home it goes on behind it: the clocks
// may differ by as much.
void Checks::check_leases(const AggregateId& id, const CallBackTask& task) {
  constexpr std::int64_t kBound = protocol::kLeaseClockBoundMs;
  for (const auto& [term, began] : task.began) {
    const auto& lease = std::get<protocol::CallBackRouted>(began->facts);
    if (lease.until.v == 0) {
      const auto lent = task.began.find(OwnerTerm{term.v - 1});
      const TimeMs until = lent == task.began.end()
                               ? TimeMs{}
                               : std::get<protocol::CallBackRouted>(lent->second->facts).until;
      if (began->env.hlt.time() < until + kBound)
        sim_.story.wrong("call back " + text(id) + " came home while its lease ran");
      continue;
    }
    for (const Held* held : task.said) {
      const auto* claim = std::get_if<protocol::CallBackClaimed>(&held->facts);
      if (claim != nullptr && held->env.term == term && held->ref.origin == lease.to &&
          claim->until > lease.until + -kBound)
        sim_.story.wrong("call back " + text(id) + " is held beyond its lease at " +
                         name_of(held->ref.origin));
    }
  }
}

// A cut that outlasted the lease: both are told.
void Checks::check_late(const AggregateId& id, const CallBackTask& task) {
  std::set<TimeMs> late;
  for (const Held* held : task.said) {
    const auto* tried = std::get_if<protocol::CallBackTried>(&held->facts);
    const bool known = task.opened != nullptr && owner_in(task, held->env.term).v != 0;
    if (tried == nullptr || !known || in_turn(task, *held)) continue;
    if (tried->result <= protocol::CallBackResult::kReached) late.insert(tried->at);
  }
  if (late.size() > protocol::kMaxLateCalls) return;
  for (const SiteNo site : task.readers) {
    const auto entity = sync::read_entity(*find_(site)->disk().synced(), Kind::kCallBack, id);
    const auto* state = entity.as<protocol::CallBackState>();
    if (state == nullptr) continue;  // check_same_everywhere
    std::set<TimeMs> told;
    for (const protocol::LateCall& call : state->late_calls) told.insert(call.at);
    if (!std::includes(told.begin(), told.end(), late.begin(), late.end()))
      sim_.story.wrong(name_of(site) + " is not told that " + text(id) + " was called twice");
  }
}

// Of a number that is known at a site, one that is open. A store that was an older one, and a
// second machine of the site, may have opened another before they heard of the first.
void Checks::check_one_task(const Ledger& ledger) {
  const auto rows = find_(kHubSite)->disk().synced();
  std::map<std::pair<SiteNo, std::string>, int> open;
  const Bytes first(1, static_cast<char>(Kind::kCallBack));
  rows->scan_prefix(Table::kEntity, first, [&](std::string_view key, std::string_view) {
    const auto id = AggregateId::from(key.substr(1)).value_or(AggregateId{});
    const auto entity = sync::read_entity(*rows, Kind::kCallBack, id);
    const auto* state = entity.as<protocol::CallBackState>();
    const std::string& phone = entity.personal.text(protocol::PersonalField::kPhone);
    if (state != nullptr && protocol::is_open(*state) && !phone.empty())
      ++open[{state->site, phone}];
    return true;
  });
  for (const auto& [whose, count] : open) {
    if (count > 1 && !ledger.restored.contains(whose.first))
      sim_.story.wrong(name_of(whose.first) + " owes " + whose.second + " two calls back");
  }
}

// Whoever was to call reads on, so that both hear of it when another called as well.
Checks::Rights Checks::entitled_call_backs(SiteNo site, const Journal& hub) const {
  Rights out;
  for (const auto& [id, task] : call_back_tasks(hub)) {
    if (!task.readers.contains(site)) continue;
    for (const Held* held : task.said)
      if (held->ref.origin != site) out.must.insert(held->ref);
  }
  return out;
}

}  // namespace opora::sim
