// What stands in a site's private streams, and what of it the site may have at this moment.
#include "hub/outbox.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "hub/owners.h"
#include "protocol/codec/record_codec.h"
#include "protocol/domain/call_back.h"
#include "protocol/domain/ownership.h"
#include "sync/feed/store_files.h"
#include "sync/projection/reads_ticket.h"
#include "tests/support/region.h"
#include "tests/support/ticket_files.h"
#include "web/app/text_index.h"

namespace opora::testing {
namespace {

using protocol::EventType;
using protocol::Kind;
using sync::Stream;
using Words = std::vector<std::string>;

constexpr SiteNo kHere{17};
constexpr SiteNo kThere{18};

std::string name_of(EventType type) {
  switch (type) {
    case EventType::kUserChanged: return "user";
    case EventType::kTicketOpened: return "opened";
    case EventType::kTicketOffered: return "offered";
    case EventType::kTicketOfferCancelled: return "taken back";
    case EventType::kTicketOfferAnswered: return "answered";
    case EventType::kTicketOwnerChanged: return "owner";
    case EventType::kTicketCommented: return "comment";
    case EventType::kTicketClosed: return "closed";
    case EventType::kErased: return "erased";
    default: return "other";
  }
}

template <class Decide>
sync::Command at_ticket(const AggregateId& id, Decide what, Kind kind = Kind::kTicket) {
  sync::Command command;
  command.decide = [=](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts = protocol::decide(what, decision.load(kind, id), decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  return command;
}

// A hub whose engine feeds the outbox as the daemon's does.
class Hub final : public sync::EngineObserver {
 public:
  explicit Hub(const ManualClock& clock) : clock_(clock) { open({}); }
  // As a version that does not know some types, or the newest again.
  void open(protocol::Vocabulary vocabulary) {
    core_.reset();
    sync::EngineSettings settings{
        kHubSite, {}, [](TimeMs) { return std::int16_t{180}; }, std::move(vocabulary)};
    core_ = std::move(
        sync::EngineCore::open(store_, std::move(settings), clock_, random_, *this).value());
    outbox_.attach(*core_);
    while (core_->has_readable()) ASSERT_TRUE(core_->read_unread().ok());
    ASSERT_TRUE(core_->settle().ok());
  }
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    outbox_.on_event(txn, event, ref);
  }
  void on_key(sync::Transaction& txn, const AggregateId& id) override { outbox_.on_key(txn, id); }
  void on_received(sync::Transaction& txn, sync::Decision& decision,
                   const protocol::Event& event) override {
    hub::answer_ticket_event(outbox_, txn, decision, event);
  }

  void must(sync::Command command) { ASSERT_TRUE(run_in(*core_, std::move(command)).ok()); }
  void hear(TestSite& site) {
    for (const Stream stream : {Stream::kJournalKeys, Stream::kJournal}) {
      sync::ReceivedBatch batch;
      batch.stream = stream;
      batch.peer = site.no();
      batch.entries = site.outgoing(stream);
      if (batch.entries.empty()) continue;
      bool answered = false;
      batch.done = [&](Result<sync::StreamHead> head) { answered = head.ok(); };
      std::vector<sync::Command> none;
      while (!batch.finished()) ASSERT_TRUE(core_->run(none, std::array{&batch}).ok());
      ASSERT_TRUE(answered);
    }
  }
  // "opened" of what would be sent now, "(opened)" of what stands there and would not.
  Words stream_of(SiteNo site) {
    const auto rows = store_.snapshot();
    Words out;
    sync::scan_stream(*rows, Stream::kPrivate, site, StreamPos{1}, [&](const auto& row) {
      const auto held = sync::read_record(*rows, *sync::JournalRef::from_key(row.payload));
      const auto record = protocol::decode_record(held->record);
      const std::string name = name_of(record->env.type);
      const bool goes = rights_.record(*rows, site, row.pos, record->env);
      out.push_back(goes ? name : "(" + name + ")");
      return true;
    });
    return out;
  }
  // The same of keys, by whether they would be.
  std::string keys_of(SiteNo site) {
    const auto rows = store_.snapshot();
    std::string out;
    sync::scan_stream(*rows, Stream::kPrivateKeys, site, StreamPos{1}, [&](const auto& row) {
      out += rights_.key(*rows, site, *AggregateId::from(row.payload)) ? "k" : "-";
      return true;
    });
    return out;
  }
  hub::Waiting waiting(SiteNo site, std::uint64_t acked) {
    return hub::waiting_for(*store_.snapshot(), site, StreamPos{acked});
  }
  bool reads(const AggregateId& ticket, SiteNo site) {
    return hub::may_read_ticket(*store_.snapshot(), ticket, site);
  }
  // Brings the site what is its to have.
  void tell(TestSite& site) {
    const auto rows = store_.snapshot();
    std::vector<sync::Entry> records;
    sync::StreamHead head;
    sync::scan_stream(*rows, Stream::kPrivate, site.no(), StreamPos{1}, [&](const auto& row) {
      const auto held = sync::read_record(*rows, *sync::JournalRef::from_key(row.payload));
      const auto env = protocol::decode_record(held->record)->env;
      if (rights_.record(*rows, site.no(), row.pos, env)) {
        records.push_back({row.pos, row.chain, held->record});
      } else {
        records.push_back({row.pos, row.chain, Bytes(head.chain.view()), 1});
      }
      head = {row.pos, row.chain};
      return true;
    });
    ASSERT_TRUE(site.receive(Stream::kPrivate, kHubSite, std::move(records)).ok());
  }

  // Rights as they stood in stores before it was kept where they begin.
  void forget_where_rights_begin() {
    const Bytes prefix = KeyWriter().text("entitled").take();
    std::vector<Bytes> keys;
    store_.snapshot()->scan_prefix(sync::Table::kMeta, prefix, [&](std::string_view key, auto) {
      keys.emplace_back(key);
      return true;
    });
    ASSERT_FALSE(keys.empty());
    const auto txn = store_.begin();
    for (const Bytes& key : keys) txn->put(sync::Table::kMeta, key, "");
    ASSERT_TRUE(txn->commit().ok());
  }
  // And what every site has.
  void tell_all(TestSite& site) {
    const auto rows = store_.snapshot();
    std::vector<sync::Entry> records;
    sync::scan_stream(*rows, Stream::kCommon, kHubSite, StreamPos{1}, [&](const auto& row) {
      const auto held = sync::read_record(*rows, *sync::JournalRef::from_key(row.payload));
      records.push_back({row.pos, row.chain, held->record});
      return true;
    });
    ASSERT_TRUE(site.receive(Stream::kCommon, kHubSite, std::move(records)).ok());
  }

 private:
  const ManualClock& clock_;
  SeededRandom random_{1};
  sync::MemoryStore store_;
  hub::Outbox outbox_;
  std::unique_ptr<sync::EngineCore> core_;
  const sync::SendRights rights_ = hub::send_rights();
};

// Nothing is written in these tests: what is asked for is looked at.
class Intake final : public sync::BatchIntake {
 public:
  explicit Intake(TestSite& site) : site_(site) {}
  void submit(sync::ReceivedBatch) override { OPORA_CHECK(false); }
  void submit(sync::Command) override { OPORA_CHECK(false); }
  TimeMs settled_before() const override { return {}; }
  const sync::Vault& vault() const override { return site_.core().vault(); }
  SiteNo site() const override { return site_.no(); }

 private:
  TestSite& site_;
};

class OutboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    hub.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    hub.tell_all(here);
  }
  AggregateId ticket() {
    const AggregateId id = here.save(contact_from("+7 900 111-22-33", "Не открывается")).ticket;
    hub.hear(here);
    return id;
  }
  void user_at(std::vector<SiteNo> sites) {
    protocol::ChangeUser change;
    change.facts.login = "petrova";
    change.facts.roles = 1;
    change.facts.sites = std::move(sites);
    change.personal[protocol::PersonalField::kName] = "Петрова";
    hub.must(changing_user(id_from("test", {"petrova"}), change));
  }
  void offer(const AggregateId& id) {
    here.must(at_ticket(id, protocol::OfferTicket{kThere, {}, "ваш"}));
    hub.hear(here);
  }
  void take_back(const AggregateId& id) {
    here.must(at_ticket(id, protocol::CancelOffer{}));
    hub.hear(here);
  }
  void answer(const AggregateId& id, protocol::OfferReply reply) {
    hub.tell(there);
    there.must(at_ticket(id, protocol::AnswerOffer{reply, ""}));
    hub.hear(there);
  }
  void act(const AggregateId& id, protocol::TicketAction::What what) {
    protocol::TicketAction action;
    action.what = what;
    action.text = "позвонил";
    here.must(acting(id, action));
    hub.hear(here);
  }
  void comment(const AggregateId& id) { act(id, protocol::TicketAction::What::kComment); }

  ManualClock clock;
  Hub hub{clock};
  TestSite here{kHere, clock};
  TestSite there{kThere, clock};
};

TEST_F(OutboxTest, AUserWhoLeavesASiteIsWithdrawnFromItsQueueButForTheWordThatHeLeft) {
  user_at({kHere, kThere});
  user_at({kHere, kThere});
  EXPECT_EQ(hub.stream_of(kThere), (Words{"user", "user"}));
  EXPECT_EQ(hub.keys_of(kThere), "k");
  user_at({kHere});
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(user)", "(user)", "user"}));
  EXPECT_EQ(hub.keys_of(kThere), "-");
  EXPECT_EQ(hub.stream_of(kHere), (Words{"user", "user", "user"}));
  user_at({kHere});
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(user)", "(user)", "user"}));
}

TEST_F(OutboxTest, WhatWasWithdrawnStaysSoWhenTheUserComesBackAndAllIsSentAnew) {
  user_at({kThere});
  user_at({kHere});
  user_at({kThere});
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(user)", "user", "user", "user", "user"}));
  EXPECT_EQ(hub.keys_of(kThere), "kk") << "its key, too";
}

TEST_F(OutboxTest, AnOfferThatIsTakenBackEmptiesTheQueueButForTheWordThatItIs) {
  const AggregateId id = ticket();
  EXPECT_EQ(hub.stream_of(kThere), Words{});
  offer(id);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"opened", "offered"}));
  EXPECT_TRUE(hub.reads(id, kThere));
  take_back(id);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "taken back"}));
  EXPECT_EQ(hub.keys_of(kThere), "-");
  EXPECT_FALSE(hub.reads(id, kThere));
  EXPECT_TRUE(hub.reads(id, kHere));
  comment(id);
  EXPECT_EQ(hub.stream_of(kThere).size(), 3u) << "nothing follows";
}

TEST_F(OutboxTest, WhoDeclinesLearnsNothingMore) {
  const AggregateId id = ticket();
  offer(id);
  answer(id, protocol::OfferReply::kDeclined);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)"}));
  comment(id);
  EXPECT_EQ(hub.stream_of(kThere).size(), 2u);
  EXPECT_EQ(hub.stream_of(kHere), Words{"answered"});
}

TEST_F(OutboxTest, WhoAcceptedReadsOnAndSoDoesTheOwnerBefore) {
  const AggregateId id = ticket();
  offer(id);
  answer(id, protocol::OfferReply::kAccepted);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"opened", "offered", "owner"}));
  EXPECT_EQ(hub.stream_of(kHere), (Words{"answered", "owner"}));
  comment(id);
  EXPECT_EQ(hub.stream_of(kThere).back(), "comment");
  EXPECT_EQ(hub.keys_of(kThere), "k");
}

TEST_F(OutboxTest, AnotherOfferSendsTheWholeOfIt) {
  const AggregateId id = ticket();
  offer(id);
  take_back(id);
  offer(id);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "taken back", "opened",
                                          "offered", "taken back", "offered"}));
  hub.tell(there);
  EXPECT_TRUE(there.entity(Kind::kTicket, id).exists());
}

// For the older hub the ticket was over, and an offer of it nobody's to read.
TEST_F(OutboxTest, AnOfferOfATicketThatAnOlderHubDidNotSeeReopenedIsMadeWhenItReadsThat) {
  hub.open({{EventType::kTicketReopened}});
  const AggregateId id = ticket();
  act(id, protocol::TicketAction::What::kComplete);
  act(id, protocol::TicketAction::What::kReopen);
  offer(id);
  EXPECT_EQ(hub.stream_of(kThere), Words());
  hub.open({});
  EXPECT_EQ(hub.stream_of(kThere), (Words{"opened", "closed", "other", "offered"}));
  EXPECT_TRUE(hub.reads(id, kThere));
}

TEST_F(OutboxTest, ASiteThatWasOfflineForTheWholeOfItHoldsTheWordAloneAndNoText) {
  const AggregateId id = ticket();
  offer(id);
  take_back(id);
  hub.tell(there);
  const protocol::Entity entity = there.entity(Kind::kTicket, id);
  const auto* held = entity.as<protocol::TicketState>();
  EXPECT_TRUE(held == nullptr || held->opened.v == 0);
  EXPECT_EQ(there.personal(Kind::kTicket, id, protocol::PersonalField::kSummary), "");
}

TEST_F(OutboxTest, WhoHasTheRecordsAndNotTheKeyWaitsForItUntilTheOfferIsOver) {
  const AggregateId id = ticket();
  offer(id);
  hub.tell(there);
  protocol::TicketAction action;
  action.what = protocol::TicketAction::What::kComment;
  action.text = "перезвоним";
  EXPECT_EQ(there.run(acting(id, action)).error().code, Code::kUnavailable);
  take_back(id);
  hub.tell(there);
  const auto refused = there.run(acting(id, action));
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().path, "owner");
}

TEST_F(OutboxTest, AFileOfWhatWasOfferedIsAskedForWhileTheOfferStands) {
  const AggregateId id = ticket();
  here.must(attaching(id, "снимок экрана"));
  hub.hear(here);
  offer(id);
  hub.tell(there);
  Intake intake(there);
  const sync::StoreFiles files(there.store(), intake, sync::reads_ticket, [] { return true; });
  EXPECT_EQ(files.files(kHubSite, std::nullopt).missing.size(), 1u);
  take_back(id);
  hub.tell(there);
  EXPECT_EQ(files.files(kHubSite, std::nullopt).missing.size(), 0u);
  offer(id);
  hub.tell(there);
  EXPECT_EQ(files.files(kHubSite, std::nullopt).missing.size(), 1u);
}

TEST_F(OutboxTest, AFileIsAskedForBehindAnyNumberThatIsNotGivenAway) {
  for (int i = 0; i < 9; ++i) {
    const AggregateId id = ticket();
    here.must(attaching(id, "снимок " + std::to_string(i)));
    hub.hear(here);
    offer(id);
    hub.tell(there);
    if (i != 8) take_back(id);
    hub.tell(there);
  }
  Intake intake(there);
  const sync::StoreFiles files(there.store(), intake, sync::reads_ticket, [] { return true; });
  EXPECT_EQ(files.files(kHubSite, std::nullopt).missing.size(), 1u);
}

TEST_F(OutboxTest, TheTextSearchOfASiteGoesOnBehindATicketOfWhichItHasTheWordAlone) {
  const AggregateId id = ticket();
  offer(id);
  take_back(id);
  hub.tell(there);
  hub.tell_all(there);
  const AggregateId own = there.save(contact_from("+7 900 111-22-44", "Принтер")).ticket;
  const auto folder = std::filesystem::path(::testing::TempDir()) / "opora-outbox-search";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto index = sync::SearchIndex::open({folder / "search.sqlite"});
  ASSERT_TRUE(index.ok());
  const app::TextIndex text(**index, there.store(), there.core().vault());
  std::vector<AggregateId> found;
  for (int tries = 0; tries < 1'000 && found.empty(); ++tries) {
    found = text.search("принтер", 5);
    if (found.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(found, std::vector<AggregateId>{own});
}

TEST_F(OutboxTest, AnErasureGoesToWhoeverHeldItEntitledOrNot) {
  const AggregateId id = ticket();
  offer(id);
  here.must(erasing({id}, "заявление"));
  hub.hear(here);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"opened", "offered", "erased"}));
  take_back(id);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "erased", "taken back"}));
}

TEST_F(OutboxTest, AnErasureGoesToWhoeverMayHaveKeptItWhenItsRightEnded) {
  const AggregateId declined = ticket();
  offer(declined);
  answer(declined, protocol::OfferReply::kDeclined);
  here.must(erasing({declined}, "заявление"));
  hub.hear(here);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "erased"}));
}

TEST_F(OutboxTest, AnErasureFollowsAnOfferThatWasTakenBack) {
  const AggregateId id = ticket();
  offer(id);
  hub.tell(there);
  take_back(id);
  here.must(erasing({id}, "заявление"));
  hub.hear(here);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "taken back", "erased"}));
  hub.tell(there);
  EXPECT_EQ(there.personal(Kind::kTicket, id, protocol::PersonalField::kSummary), "");
}

// A hub that was restored does not know that it had given the ticket to another site.
TEST_F(OutboxTest, AnErasureGoesToWhoeverSpeaksAsAnOwnerOfWhomARestoredHubKnowsNothing) {
  const AggregateId id = ticket();
  Hub restored{clock};
  restored.hear(here);
  const StreamPos through = sync::last_record(*here.store().snapshot(), kHere)->ref.n;
  sync::Command over;
  over.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts = protocol::decide(protocol::TakeOver{kThere, "никто не отвечает"},
                                   decision.load(Kind::kTicket, id), through, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  hub.must(std::move(over));
  hub.tell(there);
  there.must(at_ticket(id, protocol::OfferTicket{kHere, {}, ""}));

  restored.must(erasing({id}, "заявление"));
  EXPECT_EQ(restored.stream_of(kThere), Words{});
  restored.hear(there);
  EXPECT_EQ(restored.stream_of(kThere), Words{"erased"});
}

TEST_F(OutboxTest, WhereACallBackBeganIsHeardThatAnotherSiteCallsWhoHearsOfAnErasure) {
  const protocol::LostCall lost{id_from("test", {"call"}), clock.now(), DeskNo{1}, "", "8912"};
  const AggregateId id = protocol::call_back_aggregate(kHere, lost.call);
  sync::Command opens;
  opens.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    return decision.emit({protocol::lost_call(lost, {}, decision.context())}), sync::Answer{};
  };
  here.must(std::move(opens));
  Hub restored{clock};
  restored.hear(here);
  here.must(at_ticket(id, protocol::RouteCallBack{kThere, 3'600'000}, Kind::kCallBack));
  hub.hear(here);
  hub.tell(there);
  there.must(at_ticket(id, protocol::ClaimCallBack{"anna"}, Kind::kCallBack));
  restored.must(erasing({id}, "заявление"));
  restored.hear(there);
  EXPECT_EQ(restored.stream_of(kHere), (Words{"erased", "other"}));
  EXPECT_EQ(restored.stream_of(kThere), Words{"erased"});
}

TEST_F(OutboxTest, ARightOfAnOlderStoreHoldsForAllThatWaitsAndEndsAsAnother) {
  const AggregateId id = ticket();
  offer(id);
  hub.forget_where_rights_begin();
  EXPECT_EQ(hub.stream_of(kThere), (Words{"opened", "offered"}));
  take_back(id);
  EXPECT_EQ(hub.stream_of(kThere), (Words{"(opened)", "(offered)", "taken back"}));
}

TEST_F(OutboxTest, WhatWaitsAndWhatWasWithdrawnIsCounted) {
  const AggregateId id = ticket();
  offer(id);
  EXPECT_EQ(hub.waiting(kThere, 0).records, 2u);
  EXPECT_EQ(hub.waiting(kThere, 1).records, 1u);
  take_back(id);
  EXPECT_EQ(hub.waiting(kThere, 0).records, 1u);
  EXPECT_EQ(hub.waiting(kThere, 0).withdrawn, 2u);
  EXPECT_EQ(hub.waiting(kThere, 3).withdrawn, 0u);
}

}  // namespace
}  // namespace opora::testing
