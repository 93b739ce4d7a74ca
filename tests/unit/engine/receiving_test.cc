#include <array>
#include <cmath>

#include "protocol/domain/facets.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::CallStep;
using protocol::Kind;
using protocol::PersonalField;
using sync::Stream;
using sync::StreamHead;
using sync::Table;
using What = protocol::TicketAction::What;

// ---- Receiving

TEST_F(EngineCoreTest, EndsInTheSameRowsHoweverRecordsAndKeysInterleave) {
  whole_call("c1", 0, "101");
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  site.must(acting(saved.ticket, {What::kAssign, 2, "petrov", {}, "не моё"}));
  site.must(acting(saved.ticket, {What::kComment, 1, "", {}, "жду запчасть"}));
  site.must(acting(saved.ticket, {What::kComplete, 1, "", {}, "заменил"}));
  const auto records = site.outgoing(Stream::kJournal);
  const auto keys = site.outgoing(Stream::kJournalKeys);
  ASSERT_EQ(keys.size(), 3u);

  // Every way to deal out the keys between the records.
  const auto records_before_key = [&](std::size_t mix, std::size_t key) {
    return mix / static_cast<std::size_t>(std::pow(4, key)) % 4 * 3;
  };
  for (std::size_t mix = 0; mix < 64; ++mix) {
    TestSite other{kHubSite, clock};
    other.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    std::size_t sent = 0;
    const auto send_records = [&](std::size_t until) {
      if (until <= sent) return;
      EXPECT_TRUE(other
                      .receive(Stream::kJournal, site.no(),
                               {records.begin() + static_cast<std::ptrdiff_t>(sent),
                                records.begin() + static_cast<std::ptrdiff_t>(until)})
                      .ok());
      sent = until;
    };
    for (std::size_t key = 0; key < keys.size(); ++key) {
      send_records(records_before_key(mix, key));
      EXPECT_TRUE(other.receive(Stream::kJournalKeys, site.no(), {keys[key]}).ok());
    }
    send_records(records.size());
    ASSERT_EQ(other.projection_rows(), site.projection_rows()) << "mix " << mix;
  }
}

TEST_F(EngineCoreTest, ShowsARecordWithoutItsKeyAndOpensItWhenTheKeyComes) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  const auto records = site.outgoing(Stream::kJournal);
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), records).ok());
  EXPECT_TRUE(hub.entity(Kind::kTicket, saved.ticket).exists());
  EXPECT_EQ(hub.personal(Kind::kTicket, saved.ticket, PersonalField::kSummary), "");
  hub.reopen();
  EXPECT_TRUE(
      hub.receive(Stream::kJournalKeys, site.no(), site.outgoing(Stream::kJournalKeys)).ok());
  EXPECT_EQ(hub.personal(Kind::kTicket, saved.ticket, PersonalField::kSummary), "принтер");
}

TEST_F(EngineCoreTest, AppliesABatchInSlicesAndSaysOnceWhenAllOfItIsDurable) {
  for (std::uint32_t i = 0; i < 600; ++i) site.observe(step("c", i, CallStep::kQueued, i));
  std::optional<Result<StreamHead>> answer;
  sync::ReceivedBatch batch{Stream::kJournal, site.no(), site.outgoing(Stream::kJournal),
                            [&](Result<StreamHead> head) { answer = head; }};
  const auto last = batch.entries.back();

  std::vector<sync::Command> none;
  const auto cursor = [&] {
    return sync::read_cursor(*hub.store().snapshot(), Stream::kJournal, site.no()).pos.v;
  };
  EXPECT_TRUE(hub.core().run(none, std::array{&batch}).ok());
  EXPECT_EQ(cursor(), 256u);
  EXPECT_TRUE(hub.core().run(none, std::array{&batch}).ok());
  EXPECT_EQ(cursor(), 512u);
  EXPECT_FALSE(answer);
  EXPECT_TRUE(hub.core().run(none, std::array{&batch}).ok());
  EXPECT_EQ(answer->value(), (StreamHead{last.pos, last.chain}));
}

TEST_F(EngineCoreTest, WithABacklogTellsOfASliceOnceTheNextIsFoldedOrNothingIsLeft) {
  whole_call("c1", 0, "101");
  const auto records = site.outgoing(Stream::kJournal);
  ASSERT_TRUE(
      hub.receive(Stream::kJournalKeys, site.no(), site.outgoing(Stream::kJournalKeys)).ok());
  std::vector<std::uint64_t> told;
  const auto tell = [&](Result<StreamHead> head) { told.push_back(head.value().pos.v); };
  std::vector<sync::Command> none;
  sync::ReceivedBatch first{Stream::kJournal, site.no(), {records[0], records[1]}, tell};
  sync::ReceivedBatch second{Stream::kJournal, site.no(), {records[2]}, tell};
  sync::ReceivedBatch third{Stream::kJournal, site.no(), {records[3]}, tell};
  EXPECT_TRUE(hub.core().run(none, std::array{&first}, sync::Backlog::kMore).ok());
  EXPECT_TRUE(told.empty());
  EXPECT_TRUE(hub.core().run(none, std::array{&second}, sync::Backlog::kMore).ok());
  EXPECT_EQ(told, (std::vector<std::uint64_t>{2}));
  EXPECT_TRUE(hub.core().settle().ok());
  EXPECT_EQ(told, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_TRUE(hub.core().run(none, std::array{&third}).ok());
  EXPECT_EQ(told, (std::vector<std::uint64_t>{2, 3, 4}));
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

// Who says something about each record that comes, and looks how far its sender was heard.
struct Answering final : sync::EngineObserver {
  explicit Answering(SiteNo of) : sender(of) {}
  void on_received(sync::Transaction& txn, sync::Decision&, const protocol::Event& event) override {
    heard.push_back(sync::read_cursor(txn, Stream::kJournal, sender).pos);
    said.push_back(event.env.n);
  }
  SiteNo sender;
  std::vector<StreamPos> heard;
  std::vector<StreamPos> said;
};

TEST_F(EngineCoreTest, WhoAnswersARecordSeesThatItsSenderWasHeardUpToIt) {
  whole_call("c1", 0, "101");
  Answering answering(site.no());
  SeededRandom random(5);
  sync::MemoryStore store;
  const auto core =
      sync::EngineCore::open(store, {kHubSite, {}, [](TimeMs) { return std::int16_t{180}; }}, clock,
                             random, answering)
          .value();
  sync::ReceivedBatch batch{Stream::kJournal, site.no(), site.outgoing(Stream::kJournal),
                            [](const Result<StreamHead>&) {}};
  std::vector<sync::Command> none;
  ASSERT_TRUE(core->run(none, std::array{&batch}).ok());
  EXPECT_EQ(answering.said, (std::vector{StreamPos{1}, StreamPos{2}, StreamPos{3}, StreamPos{4}}));
  EXPECT_EQ(answering.heard, answering.said) << "else what it did before would count as late";
}

TEST_F(EngineCoreTest, SkipsWhatABatchRepeats) {
  whole_call("c1", 0, "101");
  const auto records = site.outgoing(Stream::kJournal);
  const std::size_t told = hub.events_told();
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), {records[0], records[1], records[2]}).ok());
  const auto head = hub.receive(Stream::kJournal, site.no(), {records[1], records[2], records[3]});
  EXPECT_EQ(head->pos.v, 4u);
  EXPECT_EQ(hub.events_told() - told, 4u);
  // Wholly behind the cursor: the answer says how far this side really is.
  EXPECT_EQ(hub.receive(Stream::kJournal, site.no(), {records[0]})->pos.v, 4u);
}

TEST_F(EngineCoreTest, RefusesABatchThatLeavesAGap) {
  whole_call("c1", 0, "101");
  const auto records = site.outgoing(Stream::kJournal);
  const auto refused = hub.receive(Stream::kJournal, site.no(), {records[1]});
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(sync::read_cursor(*hub.store().snapshot(), Stream::kJournal, site.no()), StreamHead{});
  EXPECT_FALSE(hub.core().failed());
  replicate(site, hub);
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

TEST_F(EngineCoreTest, SetsAsideARecordThatDoesNotDecodeAndGoesOn) {
  whole_call("c1", 0, "101");
  auto records = site.outgoing(Stream::kJournal);
  // As a later version might write it: chained as it should be, and unreadable here.
  records[0].bytes = "unreadable";
  records[1].bytes = retold(records[1], as_stream(records, Stream::kJournal)[0].chain);
  records.resize(2);
  const auto head = hub.receive(Stream::kJournal, site.no(), as_stream(records, Stream::kJournal));
  EXPECT_EQ(head->pos.v, 2u);
  ASSERT_EQ(hub.set_aside().size(), 1u);
  EXPECT_EQ(hub.set_aside()[0].pos.v, 1u);
  EXPECT_THAT(hub.set_aside()[0].reason, ::testing::HasSubstr("does not decode"));
  EXPECT_EQ(journal(hub, site.no()).size(), 1u);
}

TEST_F(EngineCoreTest, SetsAsideARecordOfAnotherOrigin) {
  TestSite stranger{SiteNo{18}, clock};
  replicate(hub, stranger);
  stranger.save(contact_from("89123456789"));
  const auto head = hub.receive(Stream::kJournal, site.no(), stranger.outgoing(Stream::kJournal));
  EXPECT_EQ(head->pos.v, 1u);
  ASSERT_EQ(hub.set_aside().size(), 1u);
  EXPECT_EQ(hub.set_aside()[0].peer, site.no());
  EXPECT_TRUE(journal(hub, stranger.no()).empty());
}

TEST_F(EngineCoreTest, SetsAsideARecordThatNamesAnotherPast) {
  whole_call("c1", 0, "101");
  const auto records = site.outgoing(Stream::kJournal);
  auto forged = records[1];
  forged.bytes = retold(forged, hash256({"another past"}));
  const auto stream = as_stream({records[0], forged}, Stream::kJournal);
  EXPECT_EQ(hub.receive(Stream::kJournal, site.no(), stream)->pos.v, 2u);
  EXPECT_EQ(hub.set_aside().size(), 1u);
  EXPECT_EQ(journal(hub, site.no()).size(), 1u);
}

TEST_F(EngineCoreTest, RefusesWhatDoesNotFollowTheChainOfTheCursor) {
  whole_call("c1", 0, "101");
  auto records = site.outgoing(Stream::kJournal);
  records[1].chain = hash256({"another past"});
  const auto refused = hub.receive(Stream::kJournal, site.no(), records);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(sync::read_cursor(*hub.store().snapshot(), Stream::kJournal, site.no()).pos.v, 1u);
}

TEST_F(EngineCoreTest, RefusesKeyEntriesOfTheWrongSize) {
  for (const std::size_t size : {0u, 5u, 20u, 49u}) {
    TestSite sender{SiteNo{18}, clock};
    replicate(hub, sender);
    sender.save(contact_from("89123456789"));
    auto keys = sender.outgoing(Stream::kJournalKeys);
    keys[0].bytes.resize(size);
    const auto refused = hub.receive(Stream::kJournalKeys, sender.no(), keys);
    EXPECT_EQ(refused.error().code, Code::kConflict) << size;
  }
  EXPECT_TRUE(hub.rows(Table::kKeys).empty());
}

TEST_F(EngineCoreTest, TakesItsOwnRecordsBackFromTheCommonStreamWithoutEffect) {
  const AggregateId id = id_from("problem", {"1"});
  site.must(opening_problem(id, {protocol::ProblemKind::kNoLink,
                                 SiteNo{17},
                                 kMorning,
                                 {{PersonalField::kName, "нет связи"}}}));
  site.must(affecting(id, {}));
  replicate(site, hub);
  const auto before = site.projection_rows();
  const auto journal_before = site.rows(Table::kJournal);
  auto back = as_stream(site.outgoing(Stream::kJournal), Stream::kPrivate);
  EXPECT_TRUE(site.receive(Stream::kPrivate, kHubSite, back).ok());
  back = as_stream(site.outgoing(Stream::kJournalKeys), Stream::kPrivateKeys);
  EXPECT_TRUE(site.receive(Stream::kPrivateKeys, kHubSite, back).ok());
  EXPECT_EQ(site.projection_rows(), before);
  EXPECT_EQ(site.rows(Table::kJournal), journal_before);
  EXPECT_EQ(site.entity(Kind::kProblem, id).as<protocol::ProblemState>()->affected, 1u);
}

// Its place is in what the hub gives back in order, not at the end of a journal that is behind it.
TEST_F(EngineCoreTest, TakesNoLostRecordOfItsOwnFromTheCommonStream) {
  site.must(opening_problem(id_from("problem", {"1"}), {protocol::ProblemKind::kNoLink,
                                                        SiteNo{17},
                                                        kMorning,
                                                        {{PersonalField::kName, "нет связи"}}}));
  TestSite anew{site.no(), clock, 99};
  const auto back = as_stream(site.outgoing(Stream::kJournal), Stream::kPrivate);
  EXPECT_TRUE(anew.receive(Stream::kPrivate, kHubSite, back).ok());
  EXPECT_TRUE(anew.rows(Table::kJournal).empty());
  EXPECT_EQ(anew.core().journal_end().v, 0u);
}

TEST_F(EngineCoreTest, DoesNotSealUnderASecondKeyWhileTheFirstIsOnItsWay) {
  const AggregateId id = id_from("problem", {"1"});
  hub.must(opening_problem(id, {protocol::ProblemKind::kNoLink,
                                SiteNo{17},
                                kMorning,
                                {{PersonalField::kName, "нет связи"}}}));
  const auto records = as_stream(hub.outgoing(Stream::kJournal), Stream::kCommon);
  EXPECT_TRUE(site.receive(Stream::kCommon, kHubSite, records).ok());

  const protocol::AffectProblem with_phone{{}, {{PersonalField::kPhone, "89123456789"}}};
  EXPECT_EQ(site.run(affecting(id, with_phone)).error().code, Code::kUnavailable);
  EXPECT_TRUE(site.run(affecting(id, {})).ok());  // nothing personal in it: no key needed

  const auto keys = as_stream(hub.outgoing(Stream::kJournalKeys), Stream::kCommonKeys);
  EXPECT_TRUE(site.receive(Stream::kCommonKeys, kHubSite, keys).ok());
  EXPECT_TRUE(site.run(affecting(id, with_phone)).ok());
  EXPECT_EQ(site.personal(Kind::kProblem, id, PersonalField::kName), "нет связи");
  EXPECT_TRUE(site.outgoing(Stream::kJournalKeys).empty());
}

// ---- Clocks

TEST_F(EngineCoreTest, PutsWhatFollowsAReceivedEventBehindIt) {
  ManualClock ahead;
  ahead.advance(30'000);
  TestSite fast{SiteNo{18}, ahead};
  fast.observe(step("c1", 1, CallStep::kQueued, 0));
  replicate(fast, hub);
  hub.must(setting_agent({"101", protocol::AgentState::kReady, {}, DeskNo{1}}));
  EXPECT_GT(envelope(journal(hub, kHubSite).back()).hlt, envelope(journal(hub, fast.no())[0]).hlt);
}

TEST_F(EngineCoreTest, IsNotDraggedAlongByAClockThatIsWrong) {
  ManualClock wrong;
  wrong.advance(kMaxClockLeadMs + 1'000);
  TestSite fast{SiteNo{18}, wrong};
  fast.observe(step("c1", 1, CallStep::kQueued, 0));
  replicate(fast, hub);
  EXPECT_EQ(journal(hub, fast.no()).size(), 1u);  // kept all the same
  hub.must(setting_agent({"101", protocol::AgentState::kReady, {}, DeskNo{1}}));
  EXPECT_EQ(envelope(journal(hub, kHubSite).back()).hlt.time(), clock.now());
}

// ---- Forgetting

TEST_F(EngineCoreTest, ForgetsThePersonEverywhereAndKeepsTheFigures) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  replicate(site, hub);
  const auto cubes = site.rows(Table::kCube);
  site.must(erasing({saved.contact, saved.ticket}, "заявление № 5"));
  replicate(site, hub);

  for (TestSite* at : {&site, &hub}) {
    EXPECT_TRUE(at->entity(Kind::kContact, saved.contact).erased);
    EXPECT_TRUE(at->entity(Kind::kTicket, saved.ticket).erased);
    EXPECT_TRUE(at->rows(Table::kPersonal).empty());
    EXPECT_TRUE(at->rows(Table::kKeys).empty());
    EXPECT_EQ(at->rows(Table::kCube), cubes);
    const auto phone = protocol::keys::by_phone("+79123456789");
    at->store().snapshot()->scan_prefix(Table::kIndex, phone, [](auto, auto) {
      return ADD_FAILURE() << "the number is still there", true;
    });
    expect_chained(journal(*at, site.no()));
  }
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

TEST_F(EngineCoreTest, StaysClosedWhenTheErasureOvertakesTheRecordAndItsKey) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  const auto records = site.outgoing(Stream::kJournal);
  const auto keys = site.outgoing(Stream::kJournalKeys);
  hub.must(erasing({saved.contact, saved.ticket}, "заявление № 5"));
  EXPECT_TRUE(hub.receive(Stream::kJournalKeys, site.no(), keys).ok());
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), records).ok());
  replicate(hub, site);
  EXPECT_TRUE(hub.entity(Kind::kTicket, saved.ticket).erased);
  EXPECT_TRUE(hub.rows(Table::kPersonal).empty());
  EXPECT_TRUE(hub.rows(Table::kKeys).empty());
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

TEST_F(EngineCoreTest, KeepsARecordClosedWhoseKeyWasForgottenBeforeItCouldBeSent) {
  const auto saved = site.save(contact_from("89123456789"));
  const auto records = site.outgoing(Stream::kJournal);
  EXPECT_TRUE(hub.receive(Stream::kJournal, site.no(), records).ok());
  site.must(erasing({saved.contact}, "заявление № 5"));
  const auto keys = site.outgoing(Stream::kJournalKeys);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].bytes.size(), sizeof(AggregateId));
  replicate(site, hub);
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

TEST_F(EngineCoreTest, SealsNothingMoreUnderAnErasedAggregate) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  site.must(erasing({saved.ticket}, "заявление № 5"));
  site.must(acting(saved.ticket, {What::kComment, 1, "", {}, "Петровой позвонить"}));
  EXPECT_EQ(site.outgoing(Stream::kJournalKeys).size(), 2u);
  EXPECT_FALSE(site.core().vault().find(*site.store().snapshot(), saved.ticket));
  const auto last = site.outgoing(Stream::kJournal).back();
  EXPECT_TRUE(protocol::decode_record(last.bytes)->sealed_personal.empty());
  EXPECT_EQ(site.entity(Kind::kTicket, saved.ticket).as<protocol::TicketState>()->comments, 1u);
}

}  // namespace
}  // namespace opora::testing
