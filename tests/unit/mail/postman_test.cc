// The postman with his mailroom over a real engine and a relay that does as it is told.
#include "node/mail/postman.h"

#include <deque>
#include <future>

#include <gtest/gtest.h>

#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/texts.h"
#include "sync/journal/memory_store.h"
#include "sync/projection/projection.h"
#include "tests/support/delivery.h"
#include "tests/support/moved_clock.h"
#include "tests/support/region.h"

namespace opora::node {
namespace {

using protocol::Kind;
using protocol::PersonalField;
using protocol::TicketState;
using How = SmtpEnd::How;

constexpr SiteNo kHere{17};
constexpr SiteNo kFacility{31};
constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kMail = "ivanova@clinic.example";
constexpr const char* kOfficer = "it@hospital.example";

struct Sent {
  std::string to;
  std::string wire;
  std::string id() const {
    const std::size_t at = wire.find("Message-ID: ");
    return wire.substr(at, wire.find('\r', at) - at);
  }
};

// What was handed over outlives the postman, as a real relay does.
struct Sink {
  std::vector<Sent> sent;
  std::deque<SmtpEnd> ends;  // of the next letters; then all are taken
};

class ToldRelay final : public Relay {
 public:
  explicit ToldRelay(Sink& sink) : sink_(sink) {}
  SmtpEnd send(const std::string& to, const std::string& wire) override {
    SmtpEnd end{How::kTaken, SmtpStage::kBody, 0};
    if (!sink_.ends.empty()) {
      end = sink_.ends.front();
      sink_.ends.pop_front();
    }
    sink_.sent.push_back({to, wire});
    return end;
  }
  void stop() override {}

 private:
  Sink& sink_;
};

class PostmanTest : public ::testing::Test {
 protected:
  PostmanTest() {
    hub_.must(testing::publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    name_officer(kFacility, "");
  }
  ~PostmanTest() override { engine_.stop(); }

  void name_officer(SiteNo site, const std::string& address) {
    hub_.must(changing_site(site, address));
    testing::deliver_stream(hub_, engine_, sync::Stream::kCommon);
  }
  AggregateId open(const std::string& mail = "", SiteNo facility = SiteNo{},
                   protocol::Channel channel = protocol::Channel::kPaper,
                   protocol::ContactKind kind = protocol::ContactKind::kSupport) {
    protocol::RegisterContact contact = testing::contact_from("+79120000001", "не печатает");
    contact.channel = channel;
    pass(1);  // the longest waiting is first
    contact.facility = facility;
    contact.asking.kind = kind;
    if (!mail.empty()) contact.personal[PersonalField::kMail] = mail;
    const auto saved = from_row<testing::Saved>(run(testing::registering(contact)));
    return saved.value_or(testing::Saved{}).ticket;
  }
  void act(const AggregateId& ticket, protocol::TicketAction::What what, std::string text) {
    protocol::TicketAction action;
    action.what = what;
    action.text = std::move(text);
    run(testing::acting(ticket, action));
  }
  // A person at the region gives it to another.
  void change_owner(const AggregateId& ticket, OwnerTerm term, protocol::TicketOwnerChanged facts) {
    facts.cause = protocol::OwnerCause::kTakenOver;
    sync::Command command;
    command.decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
      protocol::Draft draft;
      draft.aggregate = ticket;
      draft.term = term;
      draft.seq = OwnerSeq{1};
      draft.facts = facts;
      decision.emit({std::move(draft)});
      return sync::Answer{};
    };
    command.done = [](const Result<sync::Answer>&) {};
    hub_.must(std::move(command));
    testing::deliver_stream(hub_, engine_, sync::Stream::kPrivate);
  }
  void merge(const AggregateId& duplicate, const AggregateId& target) {
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kMerge;
    action.into =
        protocol::merge_target(sync::read_entity(*store_.snapshot(), Kind::kTicket, target), 0);
    run(testing::acting(duplicate, action));
  }
  void complete(const AggregateId& ticket) {
    act(ticket, protocol::TicketAction::What::kComplete, "Принтер подключён.");
  }
  void pass(std::int64_t ms) { clock_.advance(ms); }
  void turn() { postman_->turn(); }
  void restart(bool relay = true) { postman_ = make_postman(relay); }  // bool: whether there is one

  const TicketState ticket(const AggregateId& id) const {
    return *sync::read_entity(*store_.snapshot(), Kind::kTicket, id).as<TicketState>();
  }
  std::string settled_as(const AggregateId& id) {
    const auto tellings = ticket(id).tellings;
    if (tellings.empty()) return "told";
    const auto trouble = protocol::to_name(tellings.front().trouble);
    return trouble.empty() ? "waits" : std::string(trouble);
  }
  Mailroom::Standing standing(const AggregateId& id) const {
    const auto rows = store_.snapshot();
    const auto entity = sync::read_entity(*rows, Kind::kTicket, id);
    return postman_->mailroom().standing(*rows, entity, entity.as<TicketState>()->tellings.front());
  }
  sync::Answer run(sync::Command command) {
    std::promise<Result<sync::Answer>> answered;
    command.done = [&](Result<sync::Answer> answer) { answered.set_value(std::move(answer)); };
    engine_.submit(std::move(command));
    return answered.get_future().get().value();
  }

  Sink sink_;
  bool clock_confirmed_ = true;
  testing::MovedClock clock_{testing::kMorning};
  sync::MemoryStore store_;

 private:
  static sync::Command changing_site(SiteNo site, const std::string& address) {
    protocol::ChangeSite change;
    change.facts.site = site;
    change.facts.name = "Больница";
    change.facts.zone = "Europe/Moscow";
    change.facts.desks = {{DeskNo{1}, "Регистратура"}};
    if (!address.empty()) change.personal[PersonalField::kMail] = address;
    sync::Command command;
    command.decide = [change](sync::Decision& decision) -> Result<sync::Answer> {
      const auto& entity = decision.load(Kind::kSite, protocol::site_aggregate(change.facts.site));
      auto drafts = protocol::decide(change, entity.as<protocol::SiteState>(), decision.context());
      if (!drafts.ok()) return drafts.error();
      decision.emit(std::move(*drafts));
      return sync::Answer{};
    };
    command.done = [](const Result<sync::Answer>&) {};
    return command;
  }
  std::unique_ptr<sync::EngineCore> core() {
    sync::EngineSettings settings{kHere, {}, [](TimeMs) { return std::int16_t{180}; }};
    return sync::EngineCore::open(store_, std::move(settings), clock_, random_, observer_).value();
  }
  std::unique_ptr<Postman> make_postman(bool relay) {  // bool: whether there is one
    MailSettings mail;
    mail.host = relay ? "localhost" : "";
    mail.from = "support@clinic.example";
    return std::make_unique<Postman>(
        store_, engine_, clock_, random_,
        Mailroom::Settings{kHere, "Больница 17", app::Zone::find("Europe/Moscow").value(), mail,
                           [this] { return clock_confirmed_; },
                           [this] { return std::optional(clock_.now()); },
                           [](sync::Decision& decision) { return decision.context(); }},
        relay ? std::make_unique<ToldRelay>(sink_) : nullptr);
  }

  testing::ManualClock hub_clock_;
  testing::SeededRandom random_{3};
  testing::TestSite hub_{kHubSite, hub_clock_};
  sync::EngineObserver observer_;
  sync::Engine engine_{core(), clock_, [] {}};
  std::unique_ptr<Postman> postman_ = make_postman(true);

 protected:
  Postman& postman() { return *postman_; }
};

TEST_F(PostmanTest, WritesToTheApplicantOnce) {
  const AggregateId one = open(kMail);
  turn();
  turn();
  ASSERT_EQ(sink_.sent.size(), 1u);
  EXPECT_EQ(sink_.sent[0].to, kMail);
  EXPECT_EQ(settled_as(one), "told");
  complete(one);
  turn();
  ASSERT_EQ(sink_.sent.size(), 2u);
  EXPECT_NE(sink_.sent[0].id(), sink_.sent[1].id());
  EXPECT_EQ(postman().mailroom().counts().taken, 2u);
}

TEST_F(PostmanTest, WritesToTheOfficerOfWhoLeftNoAddress) {
  name_officer(kFacility, kOfficer);
  const AggregateId one = open("", kFacility);
  turn();
  ASSERT_EQ(sink_.sent.size(), 1u);
  EXPECT_EQ(sink_.sent[0].to, kOfficer);
  EXPECT_EQ(settled_as(one), "told");
}

TEST_F(PostmanTest, WhatAPatientAskedIsNoOfficersToRead) {
  name_officer(kFacility, kOfficer);
  const AggregateId one =
      open("", kFacility, protocol::Channel::kPaper, protocol::ContactKind::kNone);
  turn();
  EXPECT_TRUE(sink_.sent.empty());
  EXPECT_EQ(settled_as(one), "no_address") << "somebody calls";
}

TEST_F(PostmanTest, WhereThereIsNobodySomebodyIsToCall) {
  const AggregateId one = open("", kFacility);
  turn();
  EXPECT_TRUE(sink_.sent.empty());
  EXPECT_EQ(settled_as(one), "no_address");
  turn();
  EXPECT_EQ(postman().mailroom().view().to_phone, 1u);
  EXPECT_EQ(postman().mailroom().view().waiting, 0u);
}

TEST_F(PostmanTest, ALetterThatWillNeverBeTakenIsACallToMake) {
  sink_.ends = {{How::kFailed, SmtpStage::kRecipient, 550}};
  const AggregateId one = open(kMail);
  turn();
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u);
  EXPECT_EQ(settled_as(one), "refused");
}

TEST_F(PostmanTest, ALetterThatIsAskedToWaitComesAgainAndKeepsNobodyElse) {
  sink_.ends = {{How::kFailed, SmtpStage::kRecipient, 451}};
  const AggregateId one = open(kMail);
  const AggregateId two = open("petrov@clinic.example");
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u);
  EXPECT_EQ(settled_as(one), "waits");
  EXPECT_EQ(settled_as(two), "told");
  EXPECT_EQ(standing(one).step, Step::kWaitForNextTry);
  EXPECT_EQ(standing(one).tries, 1u);
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u) << "not at once";
  restart();
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u) << "a restart tries no sooner";
  pass(2 * kFirstPauseMs);
  turn();
  ASSERT_EQ(sink_.sent.size(), 3u);
  EXPECT_EQ(sink_.sent[2].wire, sink_.sent[0].wire) << "the same bytes";
  EXPECT_EQ(settled_as(one), "told");
}

TEST_F(PostmanTest, WhileTheRelayIsAwayOneLetterLooksForItAndAllWait) {
  for (int i = 0; i < 3; ++i) open(kMail);
  sink_.ends = {{How::kFailed, SmtpStage::kConnect, 0}};
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u);
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u);
  EXPECT_EQ(postman().mailroom().view().waiting, 3u);
  EXPECT_EQ(postman().mailroom().view().step, Step::kWaitForRelay);
  ASSERT_TRUE(postman().mailroom().view().trouble.has_value());
  pass(2 * kFirstPauseMs);
  turn();
  EXPECT_EQ(sink_.sent.size(), 4u);
  EXPECT_FALSE(postman().mailroom().view().trouble.has_value());
}

TEST_F(PostmanTest, ALetterAtWhichTheLineBreaksLetsAnotherLookForTheRelay) {
  const AggregateId poisonous = open(kMail);
  const AggregateId other = open("petrov@clinic.example");
  sink_.ends = {{How::kFailed, SmtpStage::kBody, 0}};
  turn();
  pass(kFirstPauseMs + kFirstPauseMs / 5);
  EXPECT_EQ(standing(poisonous).tries, 1u);
  turn();
  EXPECT_EQ(settled_as(other), "told");
  EXPECT_EQ(settled_as(poisonous), "waits");
  pass(2 * kFirstPauseMs);
  turn();
  EXPECT_EQ(settled_as(poisonous), "told");
}

TEST_F(PostmanTest, GivesUpAfterTheStatedTime) {
  const AggregateId one = open(kMail);
  for (int hour = 0; hour < 5; ++hour) {
    sink_.ends.push_back({How::kFailed, SmtpStage::kConnect, 0});
    turn();
    pass(kHourMs);
  }
  turn();
  EXPECT_EQ(settled_as(one), "given_up");
  EXPECT_LE(sink_.sent.size(), 5u);
}

TEST_F(PostmanTest, WaitsForAClockThatTheRegionConfirms) {
  clock_confirmed_ = false;
  const AggregateId one = open(kMail);
  turn();
  EXPECT_TRUE(sink_.sent.empty());
  EXPECT_EQ(postman().mailroom().view().step, Step::kWaitForRegion);
  EXPECT_EQ(standing(one).step, Step::kWaitForRegion);
  clock_confirmed_ = true;
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u);
}

TEST_F(PostmanTest, ARelaysPauseEndsWhenTheClockIsSetBack) {
  constexpr std::int64_t kYearMs = 365 * 24 * kHourMs;
  pass(kYearMs);
  open(kMail);
  sink_.ends = {{How::kFailed, SmtpStage::kConnect, 0}};
  turn();
  pass(-kYearMs);
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u);
  EXPECT_FALSE(postman().mailroom().view().trouble.has_value());
}

TEST_F(PostmanTest, WithoutARelayNothingIsSaidInTheJournal) {
  restart(false);
  const AggregateId one = open(kMail);
  const auto seq = ticket(one).seq;
  turn();
  EXPECT_EQ(ticket(one).seq, seq);
  EXPECT_EQ(standing(one).step, Step::kNoRelay);
  restart();
  turn();
  EXPECT_EQ(settled_as(one), "told") << "once there is one";
}

TEST_F(PostmanTest, AKillBetweenTheRelaysWordAndOursSendsTheSameLetterAgain) {
  const AggregateId one = open(kMail);
  // The relay has it; what came back was lost with the process.
  sink_.ends = {{How::kStopped, SmtpStage::kBody, 0}};
  turn();
  EXPECT_EQ(settled_as(one), "waits");
  restart();
  turn();
  ASSERT_EQ(sink_.sent.size(), 2u);
  EXPECT_EQ(sink_.sent[0].wire, sink_.sent[1].wire);
  EXPECT_EQ(settled_as(one), "told");
}

TEST_F(PostmanTest, AnErasedTicketsLetterIsNotSent) {
  const AggregateId one = open(kMail);
  run(testing::erasing({one}, "по заявлению"));
  turn();
  EXPECT_TRUE(sink_.sent.empty());
  EXPECT_EQ(postman().mailroom().view().waiting, 0u);
}

TEST_F(PostmanTest, ATicketWhoseKeyIsNotHereWaitsForItAndIsACallToMakeInTheEnd) {
  const AggregateId one = open(kMail);
  const auto txn = store_.begin();
  txn->erase(sync::Table::kPersonal,
             KeyWriter().u8(static_cast<std::uint8_t>(Kind::kTicket)).raw(one.view()).take());
  ASSERT_TRUE(txn->commit().ok());
  turn();
  EXPECT_TRUE(sink_.sent.empty());
  EXPECT_EQ(settled_as(one), "waits");
  EXPECT_EQ(standing(one).step, Step::kWaitForRegion);
  pass(5 * kHourMs);
  turn();
  EXPECT_EQ(settled_as(one), "given_up");
  EXPECT_TRUE(sink_.sent.empty());
}

TEST_F(PostmanTest, WhatWasWrittenAndSaidTooLateIsNotWrittenAgainWhenTheTicketReturns) {
  const AggregateId one = open(kMail);
  const StreamPos known_to_the_region = ticket(one).last.at(kHere);
  turn();
  ASSERT_EQ(sink_.sent.size(), 1u);
  change_owner(one, OwnerTerm{2}, {kFacility, kHere, known_to_the_region});
  EXPECT_EQ(settled_as(one), "waits") << "what was said of it came too late";
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u) << "another's now";
  change_owner(one, OwnerTerm{3}, {kHere, kFacility, StreamPos{}});
  turn();
  EXPECT_EQ(sink_.sent.size(), 1u);
  EXPECT_EQ(settled_as(one), "told");
  complete(one);
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u) << "of what comes then, as ever";
}

TEST_F(PostmanTest, TheApplicantOfADuplicateIsWrittenToWhenTheOtherTicketEnds) {
  const AggregateId target = open(kMail);
  const AggregateId duplicate = open("petrov@clinic.example");
  turn();
  merge(duplicate, target);
  turn();
  EXPECT_EQ(sink_.sent.size(), 2u) << "that it was merged is nothing to tell";
  complete(target);
  turn();
  turn();
  ASSERT_EQ(sink_.sent.size(), 4u);
  EXPECT_EQ(sink_.sent[2].to, kMail);
  EXPECT_EQ(sink_.sent[3].to, "petrov@clinic.example");
  turn();
  EXPECT_EQ(sink_.sent.size(), 4u) << "once";
  EXPECT_EQ(settled_as(duplicate), "told");
}

TEST_F(PostmanTest, ADuplicateThatIsTakenBackIsToldOfByItself) {
  const AggregateId target = open(kMail);
  const AggregateId duplicate = open("petrov@clinic.example");
  turn();
  merge(duplicate, target);
  sink_.ends = {{How::kFailed, SmtpStage::kRecipient, 451},
                {How::kFailed, SmtpStage::kRecipient, 451}};
  complete(target);
  turn();
  turn();
  EXPECT_EQ(settled_as(duplicate), "waits");
  act(duplicate, protocol::TicketAction::What::kUnmerge, "");
  EXPECT_EQ(settled_as(duplicate), "told") << "it is not done";
  const std::size_t before = sink_.sent.size();
  complete(duplicate);
  pass(2 * kLongestPauseMs);
  turn();
  EXPECT_EQ(sink_.sent.size(), before + 2);
}

TEST_F(PostmanTest, MetricsHaveNoAddress) {
  open(kMail);
  turn();
  app::MetricsPage page;
  postman().add_metrics(page);
  const std::string text = page.text();
  EXPECT_NE(text.find("opora_mail_letters_total{outcome=\"taken\"} 1\n"), std::string::npos);
  EXPECT_EQ(text.find('@'), std::string::npos);
}

}  // namespace
}  // namespace opora::node
