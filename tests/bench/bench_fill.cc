// Fills the data folder of a daemon that does not run yet.
//   bench_fill node FOLDER CONTACTS          a year's contacts of one site, enrolled at a hub that
//                                            is not there
//   bench_fill hub FOLDER CALLS SITES        calls of 2026-03-02, all sites alike
//   bench_fill tickets FOLDER TICKETS SITES  at a hub: tickets of 30 days from 2026-03-02 on;
//                                            agent-1-0 of site 1 has 60 of the open ones, and so on
#include <cstdio>
#include <cstring>
#include <string>

#include "sync/journal/rocks_store.h"
#include "sync/projection/rebuild.h"
#include "tests/bench/figures.h"
#include "tests/bench/region_data.h"
#include "web/app/data_folder.h"

namespace opora::bench {
namespace {

using protocol::CallStep;

// 2026-03-02T08:00+03:00, a Monday.
constexpr TimeMs kDayBegins{1'772'427'600'000};
constexpr std::int64_t kDayMs = 12 * 3'600'000LL;
constexpr std::int64_t kYearMs = 365 * 24 * 3'600'000LL;
constexpr std::uint64_t kAgents = 5;  // at each site

class Folder {
 public:
  explicit Folder(const std::string& path)
      : folder_(must(app::DataFolder::open(path), "folder")),
        key_(must(folder_.site_key(random), "site key")),
        store_(must(sync::RocksStore::open(folder_.store()), "store")) {
    must(sync::ensure_projection(*store_, sync::Vault(key_)), "projections");
  }
  const app::DataFolder& folder() const { return folder_; }
  std::unique_ptr<sync::EngineCore> core(SiteNo site, const Clock& clock) {
    return must(sync::EngineCore::open(*store_, settings(site, key_), clock, random, nobody_),
                "engine");
  }
  SystemRandom random;

 private:
  app::DataFolder folder_;
  protocol::SiteKey key_;
  std::unique_ptr<sync::RocksStore> store_;
  sync::EngineObserver nobody_;
};

void fill_node(const std::string& path, std::uint64_t contacts) {
  Folder folder(path);
  const auto stranger = protocol::generate_link_keys().public_key;
  must(folder.folder().save_identity({kSite, "Больница 1", kZone, stranger}), "identity");
  StepClock clock(kDayBegins);
  const auto core = folder.core(kSite, clock);
  receive_rubricator(*core, clock.now());
  for (std::uint64_t done = 0; done < contacts;) {
    std::vector<sync::Command> group;
    for (; group.size() < sync::kMaxGroup && done < contacts; ++done)
      group.push_back(registering(contact(static_cast<std::uint32_t>(done)), folder.random));
    run(*core, std::move(group));
    clock.step(kYearMs * static_cast<std::int64_t>(sync::kMaxGroup) /
               static_cast<std::int64_t>(contacts + sync::kMaxGroup));
  }
}

sync::Command declaring(SiteNo site) {
  sync::Command command;
  command.decide = [site](sync::Decision& decision) -> Result<sync::Answer> {
    protocol::ChangeSite change;
    const std::string name = "Больница " + std::to_string(site.v);
    change.facts = {site, name, kZone, {{DeskNo{1}, name}}, {}, false};
    auto drafts = protocol::decide(change, nullptr, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  return command;
}

// One answered call in four steps.
void add_call(Origin& origin, std::uint64_t number, TimeMs queued,
              std::vector<sync::Entry>& entries) {
  protocol::CallObserved step;
  step.source = "pbx";
  step.call_id = std::to_string(number);
  step.desk = DeskNo{1};
  step.zone_offset_min = kZoneOffsetMin;
  step.phantom_ms = 5'000;
  const auto id = protocol::call_aggregate(origin.site(), step.source, step.call_id);
  const auto add = [&](CallStep kind, std::int64_t after_s) {
    step.step = kind;
    step.at = queued + after_s * 1'000;
    entries.push_back(origin.next(step, id, step.at));
    ++step.seq;
  };
  add(CallStep::kQueued, 0);
  step.agent = std::to_string(101 + number % kAgents);
  add(CallStep::kRinging, 10);
  add(CallStep::kAnswered, 15);
  add(CallStep::kEnded, 90);
}

constexpr std::uint64_t kTicketDays = 30;
constexpr std::uint64_t kTopics = 40;  // as the sample's rubricator has
// However many tickets there are: a longer list belongs to more people.
constexpr std::uint32_t kOpenAnAgent = 60;

std::string agent(SiteNo site, std::uint32_t open_before) {
  return "agent-" + std::to_string(site.v) + "-" + std::to_string(open_before / kOpenAnAgent);
}

// Opened, and three of four are done: of those every tenth late, every fifth rejected. Somebody has
// each of the others.
void add_ticket(Origin& origin, std::uint32_t number, TimeMs received,
                std::vector<sync::Entry>& entries) {
  Bytes name = KeyWriter().raw("ticket").u32(origin.site().v).u32(number).take();
  name.resize(sizeof(AggregateId));
  const AggregateId id = AggregateId::from(name).value_or(AggregateId{});
  protocol::TicketOpened opened;
  opened.site = origin.site();
  opened.counter = number + 1;
  // Sites do not ask about the same at the same time: each day has every topic somewhere.
  opened.topic = "topic-" + std::to_string((number + origin.site().v) % kTopics);
  opened.urgency = static_cast<protocol::Urgency>(1 + number % 4);
  opened.line = static_cast<std::uint8_t>(1 + number / 4 % 3);
  opened.received_at = received;
  opened.zone_offset_min = kZoneOffsetMin;
  opened.times.at = received;
  opened.times.queue_version = 1;
  opened.times.completion_due = received + 3'600'000;
  entries.push_back(origin.next(opened, id, received));
  if (number % 4 == 0) {
    protocol::TicketAssigned assigned;
    assigned.line = opened.line;
    assigned.assignee = agent(origin.site(), number / 4);
    assigned.times = opened.times;
    entries.push_back(origin.next(assigned, id, received + 1, OwnerSeq{2}));
    return;
  }
  protocol::TicketClosed closed;
  closed.status =
      number % 5 == 0 ? protocol::TicketStatus::kRejected : protocol::TicketStatus::kDone;
  if (closed.status == protocol::TicketStatus::kRejected)
    closed.reason = static_cast<protocol::RejectReason>(1 + number % 6);
  closed.at = received + (number % 10 == 1 ? 7'200'000 : 600'000);
  entries.push_back(origin.next(closed, id, received + 1, OwnerSeq{2}));
}

// What happened at a hub's sites within a span of time, the same number at each and evenly over it;
// `add` makes the entries of one: (origin, its number, its time, entries).
template <class Add>
void fill_sites(const std::string& path, std::uint64_t number, std::uint64_t sites,
                std::int64_t span_ms, Add add) {
  Folder folder(path);
  StepClock clock(kDayBegins + span_ms);
  const auto core = folder.core(kHubSite, clock);
  const std::uint64_t a_site = number / sites;
  for (std::uint32_t no = 1; no <= sites; ++no) {
    std::vector<sync::Command> declared;
    declared.push_back(declaring(SiteNo{no}));
    run(*core, std::move(declared));
    Origin origin{SiteNo{no}};
    std::vector<sync::Entry> entries;
    for (std::uint64_t each = 0; each < a_site; ++each) {
      const auto offset =
          span_ms * static_cast<std::int64_t>(each) / static_cast<std::int64_t>(a_site);
      add(origin, each, kDayBegins + offset, entries);
      if (entries.size() >= sync::kRemoteSlice || each + 1 == a_site)
        receive(*core, sync::Stream::kJournal, origin.site(), std::exchange(entries, {}));
    }
  }
}

void fill_tickets(const std::string& path, std::uint64_t tickets, std::uint64_t sites) {
  constexpr std::int64_t kSpanMs = static_cast<std::int64_t>(kTicketDays) * 24 * 3'600'000LL;
  fill_sites(path, tickets, sites, kSpanMs, add_ticket);
}

void fill_hub(const std::string& path, std::uint64_t calls, std::uint64_t sites) {
  fill_sites(path, calls, sites, kDayMs, add_call);
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "node" && argc == 4) {
    fill_node(argv[2], number(argv[3], 0));
  } else if (what == "hub" && argc == 5) {
    fill_hub(argv[2], number(argv[3], 1), number(argv[4], 1));
  } else if (what == "tickets" && argc == 5) {
    fill_tickets(argv[2], number(argv[3], 1), number(argv[4], 1));
  } else {
    give_up(
        "bench_fill node FOLDER CONTACTS | hub FOLDER CALLS SITES | tickets FOLDER TICKETS SITES");
  }
}
