// A site whose store comes back from a backup, or not at all, and the hub that kept its journal.
#include "sync/engine/recall.h"

#include <map>
#include <set>

#include "protocol/base/archive.h"
#include "sync/projection/digest.h"
#include "sync/projection/rebuild.h"
#include "sync/projection/verify.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::Kind;
using protocol::PersonalField;
using sync::Stream;

// A daemon over some store: opens it as the daemons do.
class Opened final : sync::EngineObserver {
 public:
  Opened(std::shared_ptr<sync::MemoryStore> store, const ManualClock& clock, std::uint64_t seed)
      : store_(std::move(store)),
        clock_(clock),
        random_(seed),
        site_key_(protocol::SiteKey::random(random_)) {}

  Opened(std::shared_ptr<sync::MemoryStore> store, const ManualClock& clock, std::uint64_t seed,
         const protocol::SiteKey& site_key)
      : store_(std::move(store)), clock_(clock), random_(seed), site_key_(site_key) {}

  void open() {
    core_.reset();
    store_->reopen();
    report = sync::finish_recall(*store_, vault(), random_).value();
    EXPECT_TRUE(sync::ensure_projection(*store_, vault()).ok());
    core_ =
        std::move(sync::EngineCore::open(
                      *store_, {SiteNo{17}, site_key_, [](TimeMs) { return std::int16_t{180}; }},
                      clock_, random_, *this)
                      .value());
  }
  Result<sync::Answer> run(sync::Command command) { return run_in(*core_, std::move(command)); }
  Result<sync::StreamHead> receive(Stream stream, std::vector<sync::Entry> entries,
                                   std::optional<sync::RecallPlan> plan = {}) {
    std::optional<Result<sync::StreamHead>> out;
    sync::ReceivedBatch batch;
    batch.stream = stream;
    batch.peer = kHubSite;
    batch.entries = std::move(entries);
    batch.recall = plan;
    batch.done = [&](Result<sync::StreamHead> head) { out = std::move(head); };
    std::vector<sync::Command> none;
    while (!out) (void)core_->run(none, std::array{&batch});
    return *out;
  }
  sync::Vault vault() const { return sync::Vault(site_key_); }
  sync::MemoryStore& store() { return *store_; }
  std::uint32_t next_number() {
    std::uint32_t number = 0;
    sync::Command command;
    command.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
      number = decision.next_ticket_counter();
      return sync::Answer{};
    };
    (void)run(std::move(command));
    return number;
  }

  int told = 0;
  sync::RecallReport report;

 private:
  void on_recalled() override { ++told; }

  std::shared_ptr<sync::MemoryStore> store_;
  const ManualClock& clock_;
  SeededRandom random_;
  protocol::SiteKey site_key_;
  std::unique_ptr<sync::EngineCore> core_;
};

class RecallTest : public EngineCoreTest {
 protected:
  // Two contacts in the backup, two that only the hub has.
  RecallTest() {
    before_ = save("8001", "before");
    save("8002");
    backup_ = site.store().copy();
    clock.advance(1'000);
    lost_ = save("8003", "lost", "k-lost");
    site.must(acting(before_.ticket, assigning("lost step")));
    send_all();
    clock.advance(1'000);
    common_ = head_of(*backup_);
  }

  Saved save(const std::string& phone, const std::string& summary = "", const char* key = nullptr) {
    auto command = registering(contact_from(phone, summary));
    if (key != nullptr) command.key = key_of(key);
    return from_row<Saved>(site.run(std::move(command)).value()).value_or(Saved{});
  }
  static protocol::TicketAction assigning(std::string text) {
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kAssign;
    action.line = 2;
    action.text = std::move(text);
    return action;
  }
  void send_all() {
    for (const Stream stream : {Stream::kJournalKeys, Stream::kJournal})
      EXPECT_TRUE(hub.receive(stream, site.no(), site.outgoing(stream)).ok());
  }
  static sync::StreamHead head_of(sync::MemoryStore& store) {
    const auto last = sync::last_record(*store.snapshot(), SiteNo{17});
    return last ? sync::StreamHead{last->ref.n, last->chain} : sync::StreamHead{};
  }
  sync::RecallPlan plan() {
    const auto rows = hub.store().snapshot();
    return {common_, sync::read_cursor(*rows, Stream::kJournal, site.no()),
            sync::read_cursor(*rows, Stream::kJournalKeys, site.no())};
  }
  // What the hub hands out beyond the common place.
  std::vector<sync::Entry> recalled() {
    const auto rows = hub.store().snapshot();
    std::vector<sync::Entry> out;
    sync::scan_journal(*rows, site.no(), StreamPos{common_.pos.v + 1}, [&](const auto& row) {
      const auto id = envelope(row).aggregate;
      const auto key = hub.core().vault().find(*rows, id);
      out.push_back({row.ref.n, row.chain,
                     sync::recall_entry(key ? key->view() : std::string_view(), row.record)});
      return true;
    });
    return out;
  }
  std::shared_ptr<Opened> restored() {
    auto out = std::make_shared<Opened>(backup_, clock, 99, site.site_key());
    out->open();
    return out;
  }
  // The whole way: everything comes, the daemon starts again.
  void recall(Opened& at) {
    EXPECT_TRUE(at.receive(Stream::kRecall, recalled(), plan()).ok());
    EXPECT_EQ(at.told, 1);
    at.open();
  }
  void recall_without_keys(Opened& at, const sync::RecallPlan& by) {
    auto without_keys = recalled();
    for (sync::Entry& entry : without_keys)
      entry.bytes = sync::recall_entry({}, sync::split_recall(entry.bytes).record);
    EXPECT_TRUE(at.receive(Stream::kRecall, without_keys, by).ok());
    at.open();
  }
  // The hub takes what follows its cursor, and is equal then.
  void expect_equal_at_the_hub(Opened& at) {
    const auto rows = at.store().snapshot();
    const auto cursors = plan();
    std::vector<sync::Entry> records;
    sync::scan_journal(*rows, SiteNo{17}, StreamPos{cursors.journal.pos.v + 1}, [&](auto row) {
      records.push_back({row.ref.n, row.chain, row.record});
      return true;
    });
    std::vector<sync::Entry> keys;
    sync::scan_stream(
        *rows, Stream::kJournalKeys, SiteNo{17}, StreamPos{cursors.keys.pos.v + 1},
        [&](const sync::StreamRow& row) {
          const auto id = AggregateId::from(row.payload).value_or(AggregateId{});
          const auto key = at.vault().find(*rows, id);
          keys.push_back({row.pos, row.chain, row.payload + (key ? Bytes(key->view()) : Bytes())});
          return true;
        });
    if (!keys.empty()) (void)hub.receive(Stream::kJournalKeys, site.no(), keys).value();
    if (!records.empty()) (void)hub.receive(Stream::kJournal, site.no(), records).value();
    EXPECT_TRUE(hub.set_aside().empty());
    EXPECT_EQ(sync::site_digest(*hub.store().snapshot(), site.no()),
              sync::site_digest(*at.store().snapshot(), site.no()));
  }
  void expect_whole(Opened& at) {
    sync::MemoryStore scratch;
    const auto verified = sync::verify_store(at.store(), scratch, at.vault(), site.no());
    EXPECT_EQ(verified->findings, std::vector<std::string>{});
  }

  Saved before_;
  Saved lost_;
  std::shared_ptr<sync::MemoryStore> backup_;
  sync::StreamHead common_;
};

TEST_F(RecallTest, BringsTheLostRecordsBackAsTheyWere) {
  const auto at = restored();
  recall(*at);
  EXPECT_EQ(at->report.recalled, 3u);
  EXPECT_EQ(at->report.renamed, 0u);
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
  const auto ticket = sync::read_entity(*at->store().snapshot(), Kind::kTicket, lost_.ticket);
  EXPECT_EQ(ticket.personal.text(PersonalField::kSummary), "lost") << "with its key";
}

TEST_F(RecallTest, PutsTheSitesOwnRecordsBehindTheLostOnes) {
  const auto at = restored();
  const auto own = from_row<Saved>(*at->run(registering(contact_from("8004", "own"))));
  EXPECT_TRUE(at->run(acting(before_.ticket, assigning("own step"))).ok());
  recall(*at);
  EXPECT_EQ(at->report.renamed, 3u);
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
  const auto rows = at->store().snapshot();
  const auto ticket = sync::read_entity(*rows, Kind::kTicket, before_.ticket);
  EXPECT_EQ(ticket.as<protocol::TicketState>()->seq.v, 3u) << "opened, the lost step, the own one";
  EXPECT_EQ(
      sync::read_entity(*rows, Kind::kTicket, own->ticket).personal.text(PersonalField::kSummary),
      "own")
      << "sealed anew for its new place";
}

TEST_F(RecallTest, KeepsOneOfACommandThatWasRepeatedAfterTheRestore) {
  const auto at = restored();
  auto repeated = registering(contact_from("8003", "lost"));
  repeated.key = key_of("k-lost");
  EXPECT_TRUE(at->run(std::move(repeated)).ok()) << "the backup knows nothing of it";
  recall(*at);
  EXPECT_EQ(at->report.dropped, 2u);
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
  const auto ticket = sync::read_entity(*at->store().snapshot(), Kind::kTicket, lost_.ticket);
  EXPECT_EQ(ticket.personal.text(PersonalField::kSummary), "lost");
}

TEST_F(RecallTest, KeepsNoKeyOfARepetitionOfWhichNothingIsLeft) {
  const auto opening = [](const char* name) {
    protocol::OpenProblem problem;  // by what else is there, a command may be about another
    problem.started_at = kMorning;
    problem.personal[PersonalField::kName] = "no link";
    auto command = opening_problem(id_from("test", {name}), problem);
    command.key = key_of("k-problem");
    return command;
  };
  site.must(opening("first"));
  send_all();
  const auto at = restored();
  EXPECT_TRUE(at->run(opening("second")).ok());
  recall(*at);
  EXPECT_EQ(at->report.dropped, 1u);
  EXPECT_TRUE(at->vault().holds(*at->store().snapshot(), id_from("test", {"first"})));
  EXPECT_FALSE(at->vault().holds(*at->store().snapshot(), id_from("test", {"second"})));
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
}

TEST_F(RecallTest, DoesNotRepeatACommandWhoseAnswerWasLost) {
  const auto at = restored();
  recall(*at);
  auto repeated = registering(contact_from("8003", "lost"));
  repeated.key = key_of("k-lost");
  const auto answer = at->run(std::move(repeated));
  EXPECT_EQ(answer.error().code, Code::kConflict);
  EXPECT_EQ(answer.error().path, "Idempotency-Key");
}

TEST_F(RecallTest, LetsARecordBeWorkedOnWhoseKeyIsLostForGood) {
  const auto at = restored();
  recall_without_keys(*at, plan());
  expect_whole(*at);
  EXPECT_EQ(sync::read_entity(*at->store().snapshot(), Kind::kTicket, lost_.ticket)
                .personal.text(PersonalField::kSummary),
            "");
  EXPECT_TRUE(at->run(acting(lost_.ticket, assigning("goes on"))).ok());
}

// The other machine of the site had the key, and brought it to the hub.
TEST_F(RecallTest, TakesTheKeyThatWasNotLostForGood) {
  const auto at = restored();
  recall_without_keys(*at, plan());
  const auto key = hub.core().vault().find(*hub.store().snapshot(), lost_.ticket);
  const Bytes bytes = Bytes(lost_.ticket.view()) + Bytes(key->view());
  const auto chain = sync::chain_next(Stream::kPrivateKeys, ChainHash{}, bytes);
  EXPECT_TRUE(at->receive(Stream::kPrivateKeys, {{StreamPos{1}, chain, bytes}}).ok());
  EXPECT_EQ(sync::read_entity(*at->store().snapshot(), Kind::kTicket, lost_.ticket)
                .personal.text(PersonalField::kSummary),
            "lost");
}

TEST_F(RecallTest, SendsTheKeyOfARepetitionWhenTheLostKeyIsGoneForGood) {
  const auto at = restored();
  auto repeated = registering(contact_from("8003", "lost"));
  repeated.key = key_of("k-lost");
  EXPECT_TRUE(at->run(std::move(repeated)).ok());
  // The hub's keys end at another place than this store's.
  const Bytes forgotten = "another key";
  auto elsewhere = plan();
  elsewhere.keys.chain = hash256({forgotten});
  recall_without_keys(*at, elsewhere);
  const auto rows = at->store().snapshot();
  std::set<AggregateId> sent;
  sync::scan_stream(*rows, Stream::kJournalKeys, site.no(), StreamPos{elsewhere.keys.pos.v + 1},
                    [&](const sync::StreamRow& row) {
                      sent.insert(AggregateId::from(row.payload).value_or(AggregateId{}));
                      return true;
                    });
  EXPECT_TRUE(sent.contains(lost_.ticket));
  EXPECT_TRUE(sent.contains(lost_.contact));
}

// Keys that only the hub had, and then a hub from a backup, which has none at all.
TEST_F(RecallTest, SendsAllKeysFromTheFirstPlaceToAHubThatHasNone) {
  const sync::Vault vault(site.site_key());
  const auto resend = [&](const sync::StreamHead& cursor) {
    const auto txn = backup_->begin();
    sync::resend_keys(*txn, vault, SiteNo{17}, cursor);
    EXPECT_TRUE(txn->commit().ok());
    std::vector<std::uint64_t> places;
    sync::scan_stream(*backup_->snapshot(), Stream::kJournalKeys, SiteNo{17}, StreamPos{1},
                      [&](const sync::StreamRow& row) {
                        if (!row.payload.empty()) places.push_back(row.pos.v);
                        return true;
                      });
    return places;
  };
  const auto first = resend({});
  EXPECT_EQ(first.front(), 1u);
  const auto behind = resend({StreamPos{50}, hash256({"the hub's own"})});
  EXPECT_EQ(behind.front(), 51u);
  EXPECT_EQ(behind.size(), first.size());
  EXPECT_EQ(resend({StreamPos{50}, hash256({"the hub's own"})}), behind) << "it has them";
  EXPECT_EQ(resend({}), first);
}

TEST_F(RecallTest, SkipsABlockOfNumbersOnce) {
  const auto at = restored();
  recall(*at);
  const std::uint32_t first = at->next_number();
  EXPECT_EQ(first, lost_.counter + 1 + sync::kNumberBlock);
  at->open();
  EXPECT_EQ(at->next_number(), first);
}

TEST_F(RecallTest, RebuildsANewDiskFromTheHub) {
  common_ = {};
  Opened at(std::make_shared<sync::MemoryStore>(), clock, 77);
  at.open();
  recall(at);
  EXPECT_EQ(at.report.recalled, head_of(site.store()).pos.v);
  expect_whole(at);
  expect_equal_at_the_hub(at);
}

TEST_F(RecallTest, GoesOnAfterAKillInEveryCommit) {
  for (int kill = 1; kill <= 4; ++kill) {
    auto store = backup_->copy();
    Opened at(store, clock, 99, site.site_key());
    at.open();
    EXPECT_TRUE(at.run(registering(contact_from("8004", "own"))).ok());
    EXPECT_TRUE(at.receive(Stream::kRecall, recalled(), plan()).ok());
    SeededRandom random(5);
    for (int commits = 1; commits < kill; ++commits) {
      // Lost or kept, by turns: nobody knows after a kill.
      store->fail_next_commit(commits % 2 == 0 ? sync::CommitFault::kRowsKept
                                               : sync::CommitFault::kRowsLost);
      EXPECT_FALSE(sync::finish_recall(*store, at.vault(), random).ok());
      store->reopen();
    }
    at.open();
    expect_whole(at);
    EXPECT_EQ(head_of(*store).pos.v, head_of(site.store()).pos.v + 2);
  }
}

TEST_F(RecallTest, StaysWhereItIsUntilAllOfItIsHere) {
  const auto at = restored();
  auto part = recalled();
  part.pop_back();
  EXPECT_TRUE(at->receive(Stream::kRecall, part, plan()).ok());
  EXPECT_EQ(at->told, 0);
  at->open();
  EXPECT_EQ(at->report.recalled, 0u);
  EXPECT_EQ(head_of(at->store()), common_);
  EXPECT_TRUE(at->receive(Stream::kRecall, {recalled().back()}, plan()).ok());
  EXPECT_EQ(at->told, 1);
  at->open();
  EXPECT_EQ(at->report.recalled, 3u);
  expect_equal_at_the_hub(*at);
}

TEST_F(RecallTest, SetsAsideWhatAPersonDecidedAboutAndKeepsIt) {
  const auto at = restored();
  const auto own = from_row<Saved>(*at->run(registering(contact_from("8004", "own"))));
  auto decided = plan();
  decided.own = sync::OwnPart::kSetAside;
  EXPECT_TRUE(at->receive(Stream::kRecall, recalled(), decided).ok());
  at->open();
  EXPECT_EQ(at->report.set_aside, 2u);
  EXPECT_EQ(at->report.renamed, 0u);
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
  const auto rows = at->store().snapshot();
  EXPECT_FALSE(sync::read_entity(*rows, Kind::kTicket, own->ticket).exists());
  std::size_t kept = 0;
  sync::scan_aside(*rows, [&](const sync::AsideRow& row) {
    EXPECT_TRUE(protocol::decode_record(row.bytes).ok());
    ++kept;
    return true;
  });
  EXPECT_EQ(kept, 2u);
}

// The hub was restored while the site fetched what it had lost: it has no more than what is here.
TEST_F(RecallTest, EndsWithWhatIsHereWhenTheHubHasNoMore) {
  const auto at = restored();
  const auto all = recalled();
  const std::vector<sync::Entry> some(all.begin(), all.begin() + 2);
  EXPECT_TRUE(at->receive(Stream::kRecall, some, plan()).ok());
  EXPECT_EQ(at->told, 0);
  auto shorter = plan();
  shorter.journal = {some[0].pos, some[0].chain};
  EXPECT_TRUE(at->receive(Stream::kRecall, {}, shorter).ok());
  EXPECT_EQ(at->told, 1);
  at->open();
  EXPECT_EQ(at->report.recalled, 2u) << "one more than the hub still has";
  expect_whole(*at);
}

// Its stream of keys ends where this store's does, so that it has nothing of what was lost.
TEST_F(RecallTest, SendsTheKeysOfWhatTheHubHasNoMore) {
  const auto at = restored();
  const auto all = recalled();
  EXPECT_TRUE(at->receive(Stream::kRecall, {all.begin(), all.end() - 1}, plan()).ok());
  auto shorter = plan();
  shorter.journal = shorter.common;
  shorter.keys = sync::stream_head(*at->store().snapshot(), Stream::kJournalKeys, site.no());
  EXPECT_TRUE(at->receive(Stream::kRecall, {}, shorter).ok());
  at->open();
  EXPECT_EQ(at->report.recalled, all.size() - 1);
  std::set<AggregateId> sent;
  sync::scan_stream(*at->store().snapshot(), Stream::kJournalKeys, site.no(),
                    StreamPos{shorter.keys.pos.v + 1}, [&](const sync::StreamRow& row) {
                      sent.insert(AggregateId::from(row.payload).value_or(AggregateId{}));
                      return true;
                    });
  EXPECT_TRUE(sent.contains(lost_.contact));
}

// Another machine of this site wrote to the hub meanwhile.
TEST_F(RecallTest, TakesAllThatTheHubHasByThen) {
  const auto at = restored();
  const auto all = recalled();
  auto earlier = plan();
  earlier.journal = {all[1].pos, all[1].chain};
  EXPECT_TRUE(at->receive(Stream::kRecall, all, earlier).ok());
  EXPECT_EQ(at->told, 1);
  at->open();
  EXPECT_EQ(at->report.recalled, all.size());
  expect_whole(*at);
  expect_equal_at_the_hub(*at);
}

// The hub was restored in the middle of a command, and the site's other machine, which has all of
// it, joins when the region knows the first machine's course.
TEST_F(RecallTest, TheRestOfACommandThatARecallTookInPartFollows) {
  const auto whole = std::make_shared<Opened>(site.store().copy(), clock, 77, site.site_key());
  whole->open();
  const auto first = restored();
  const auto half = recalled().front();
  auto shorter = plan();
  shorter.journal = {half.pos, half.chain};
  EXPECT_TRUE(first->receive(Stream::kRecall, {half}, shorter).ok());
  first->open();
  EXPECT_TRUE(first->run(registering(contact_from("8005", "meanwhile"))).ok());

  const auto rows = first->store().snapshot();
  sync::RecallPlan after{shorter.journal, head_of(first->store()), shorter.keys};
  std::vector<sync::Entry> entries;
  sync::scan_journal(*rows, site.no(), StreamPos{half.pos.v + 1}, [&](const auto& row) {
    const auto key = first->vault().find(*rows, envelope(row).aggregate);
    entries.push_back({row.ref.n, row.chain,
                       sync::recall_entry(key ? key->view() : std::string_view(), row.record)});
    return true;
  });
  EXPECT_TRUE(whole->receive(Stream::kRecall, entries, after).ok());
  whole->open();
  EXPECT_EQ(whole->report.recalled, 2u);
  EXPECT_EQ(whole->report.renamed, 2u) << "the ticket of the half, and the lost step";
  EXPECT_EQ(whole->report.dropped, 0u);
  expect_whole(*whole);
  const auto held = whole->store().snapshot();
  const auto ticket = sync::read_entity(*held, Kind::kTicket, lost_.ticket);
  EXPECT_EQ(ticket.personal.text(PersonalField::kSummary), "lost");
  std::map<CommandId, int> records;
  sync::scan_journal(*held, site.no(), StreamPos{1}, [&](const auto& row) {
    ++records[envelope(row).command];
    return true;
  });
  EXPECT_EQ(records[protocol::decode_record(sync::split_recall(half.bytes).record)->env.command], 2)
      << "the contact and its ticket, once each";
}

}  // namespace
}  // namespace opora::testing
