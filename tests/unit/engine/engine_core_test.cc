#include <set>

#include "protocol/base/archive.h"
#include "protocol/domain/facets.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::Kind;
using protocol::PersonalField;
using sync::CommitFault;
using sync::Stream;
using sync::Table;

// ---- Saving

TEST_F(EngineCoreTest, AnswersAWholeGroupFromOneCommit) {
  const std::size_t told = site.events_told();
  std::vector<sync::Command> group;
  for (int i = 0; i < 5; ++i) group.push_back(registering(contact_from("89123456789", "принтер")));
  const auto answers = site.run_group(std::move(group));

  std::set<std::uint32_t> counters;
  for (const auto& answer : answers) counters.insert(from_row<Saved>(answer.value())->counter);
  EXPECT_EQ(counters, (std::set<std::uint32_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(site.core().journal_end().v, 10u);
  EXPECT_EQ(site.events_told() - told, 10u);
}

// A7b: tickets and calls that were answered at once have one row of numbers, also after a restart.
TEST_F(EngineCoreTest, CountsNumberedCallsAndTicketsTogether) {
  auto call = contact_from("89123456789");
  call.numbered = true;
  EXPECT_EQ(site.save(call).counter, 1u);
  EXPECT_EQ(site.save(contact_from("89123456789", "принтер")).counter, 2u);
  EXPECT_EQ(site.save(call).counter, 3u);
  site.reopen();
  EXPECT_EQ(site.save(contact_from("89123456789", "сканер")).counter, 4u);
}

TEST_F(EngineCoreTest, SavesNothingOfACommandThatDecidesAnError) {
  const auto before = site.projection_rows();
  auto contact = contact_from("89123456789");
  contact.topic = "no such topic";
  auto command = registering(contact);
  command.key = key_of("k1");
  const auto answer = site.run(std::move(command));
  EXPECT_EQ(answer.error().path, "topic");
  EXPECT_EQ(site.core().journal_end().v, 0u);
  EXPECT_EQ(site.projection_rows(), before);
  EXPECT_TRUE(site.rows(Table::kDedup).empty());
}

TEST_F(EngineCoreTest, SavesNothingWhenOneOfSeveralDraftsIsTooLarge) {
  auto contact = contact_from("89123456789", "принтер");
  contact.personal[PersonalField::kDetails] = std::string(protocol::kMaxPersonalBytes, 'x');
  EXPECT_EQ(site.run(registering(contact)).error().code, Code::kTooLarge);
  EXPECT_EQ(site.core().journal_end().v, 0u);
}

TEST_F(EngineCoreTest, SavesTheGoodCommandsOfAGroupBesideABadOne) {
  auto bad = contact_from("89123456789");
  bad.topic = "";
  std::vector<sync::Command> group;
  group.push_back(registering(contact_from("89123456789")));
  group.push_back(registering(bad));
  group.push_back(registering(contact_from("89123456780")));
  const auto answers = site.run_group(std::move(group));
  EXPECT_TRUE(answers[0].ok());
  EXPECT_FALSE(answers[1].ok());
  EXPECT_TRUE(answers[2].ok());
  EXPECT_EQ(site.core().journal_end().v, 2u);
}

TEST_F(EngineCoreTest, ShowsAGroupsLaterCommandsWhatItsEarlierOnesDid) {
  std::vector<sync::Command> group;
  group.push_back(registering(contact_from("89123456789")));
  sync::Command count;
  count.decide = [](sync::Decision& decision) -> Result<sync::Answer> {
    int contacts = 0;
    decision.rows().scan_prefix(Table::kIndex, protocol::keys::latest_contacts(),
                                [&](auto, auto) { return ++contacts, true; });
    return sync::Answer(std::to_string(contacts));
  };
  group.push_back(std::move(count));
  EXPECT_EQ(site.run_group(std::move(group))[1].value(), "1");
}

TEST_F(EngineCoreTest, TellsWhatAnAnswerPromisesBeforeItAndWakesOthersAfterIt) {
  std::vector<sync::Command> group;
  group.push_back(registering(contact_from("89123456789")));
  group.back().done = [this](Result<sync::Answer> answer) {
    EXPECT_TRUE(answer.ok());
    site.story().emplace_back("told the desk");
  };
  site.story().clear();
  ASSERT_TRUE(site.core().run(group, {}).ok());
  EXPECT_EQ(site.story(), (std::vector<std::string>{"committed", "told the desk", "answered"}));
}

TEST_F(EngineCoreTest, TellsNobodyOfAGroupThatFailed) {
  site.story().clear();
  site.store().fail_next_commit(CommitFault::kRowsLost);
  EXPECT_FALSE(site.run(registering(contact_from("89123456789"))).ok());
  EXPECT_TRUE(site.story().empty());
}

TEST_F(EngineCoreTest, DecidesByARubricatorFromTheMomentItIsPublished) {
  auto contact = contact_from("89123456789");
  contact.topic = "vaccination";
  EXPECT_EQ(hub.run(registering(contact)).error().path, "topic");  // and keeps what it read
  std::vector<sync::Command> group;
  group.push_back(registering(contact));
  group.push_back(publishing({{"vaccination", "call", "appointments", "Прививки"}}));
  group.push_back(registering(contact));
  const auto answers = hub.run_group(std::move(group));
  EXPECT_FALSE(answers[0].ok());
  EXPECT_TRUE(answers[2].ok());
  EXPECT_EQ(hub.run(registering(contact_from("89123456789"))).error().path, "topic");

  EXPECT_FALSE(site.run(registering(contact)).ok());
  replicate(hub, site);
  EXPECT_TRUE(site.run(registering(contact)).ok());
}

TEST_F(EngineCoreTest, WritesMetaRowsWithTheCommandAndNoneWithAFailedOne) {
  const auto writing = [](Result<sync::Answer> answer) {
    sync::Command command;
    command.decide = [answer](sync::Decision& decision) {
      decision.put_meta("test/a", "1");
      decision.erase_meta("test/b");
      return answer;
    };
    return command;
  };
  EXPECT_FALSE(site.run(writing(Error{Code::kConflict, "", ""})).ok());
  EXPECT_FALSE(site.store().snapshot()->get(Table::kMeta, "test/a"));
  EXPECT_TRUE(site.run(writing(sync::Answer())).ok());
  EXPECT_EQ(site.store().snapshot()->get(Table::kMeta, "test/a"), "1");
}

// ---- The same command again

TEST_F(EngineCoreTest, AnswersARepeatedKeyAsTheFirstTime) {
  const auto repeated = [&] {
    auto command = registering(contact_from("89123456789", "принтер"));
    command.key = key_of("k1", "body");
    return site.run(std::move(command)).value();
  };
  const auto first = repeated();
  EXPECT_EQ(repeated(), first);
  site.reopen();
  EXPECT_EQ(repeated(), first);
  EXPECT_EQ(site.core().journal_end().v, 2u);
}

TEST_F(EngineCoreTest, AnswersARepeatedKeyWithinOneGroup) {
  std::vector<sync::Command> group;
  for (int i = 0; i < 2; ++i) {
    group.push_back(registering(contact_from("89123456789")));
    group.back().key = key_of("k1", "body");
  }
  const auto answers = site.run_group(std::move(group));
  EXPECT_EQ(answers[0].value(), answers[1].value());
  EXPECT_EQ(site.core().journal_end().v, 1u);
}

TEST_F(EngineCoreTest, RefusesAKeyUsedWithAnotherBodyAlsoAfterAReopen) {
  const auto with_body = [&](std::string_view body) {
    auto command = registering(contact_from("89123456789"));
    command.key = key_of("k1", body);
    return site.run(std::move(command));
  };
  EXPECT_TRUE(with_body("one").ok());
  EXPECT_EQ(with_body("two").error().code, Code::kKeyReused);
  site.reopen();
  EXPECT_EQ(with_body("two").error().code, Code::kKeyReused);
  EXPECT_EQ(site.core().journal_end().v, 1u);
}

TEST_F(EngineCoreTest, LetsAKeyTryAgainAfterAnError) {
  auto wrong = contact_from("89123456789");
  wrong.topic = "";
  auto command = registering(wrong);
  command.key = key_of("k1", "one");
  EXPECT_FALSE(site.run(std::move(command)).ok());
  command = registering(contact_from("89123456789"));
  command.key = key_of("k1", "two");
  EXPECT_TRUE(site.run(std::move(command)).ok());
}

// ---- A failing disk

class EngineAfterAFailedCommit : public EngineCoreTest,
                                 public ::testing::WithParamInterface<CommitFault> {};

TEST_P(EngineAfterAFailedCommit, AnswersUnavailableUntilReopenedAndTheRetryYieldsExactlyOne) {
  const auto attempt = [&] {
    auto command = registering(contact_from("89123456789", "принтер"));
    command.key = key_of("k1", "body");
    return site.run(std::move(command));
  };
  site.store().fail_next_commit(GetParam());
  EXPECT_EQ(attempt().error().code, Code::kUnavailable);
  EXPECT_TRUE(site.core().failed());
  EXPECT_EQ(attempt().error().code, Code::kUnavailable);
  const auto records = as_stream(hub.outgoing(Stream::kJournal), Stream::kPrivate);
  EXPECT_EQ(site.receive(Stream::kPrivate, kHubSite, records).error().code, Code::kUnavailable);

  site.reopen();
  const auto saved = from_row<Saved>(attempt().value());
  EXPECT_EQ(saved->counter, 1u);
  EXPECT_EQ(attempt().value(), to_row(*saved));
  EXPECT_EQ(journal(site, site.no()).size(), 2u);
  expect_chained(journal(site, site.no()));
}

TEST_P(EngineAfterAFailedCommit, ReceivesTheSameBatchAgain) {
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  hub.store().fail_next_commit(GetParam());
  const auto lost = hub.receive(Stream::kJournal, site.no(), site.outgoing(Stream::kJournal));
  EXPECT_EQ(lost.error().code, Code::kUnavailable);
  hub.reopen();
  replicate(site, hub);
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
  EXPECT_TRUE(hub.entity(Kind::kTicket, saved.ticket).exists());
}

TEST_P(EngineAfterAFailedCommit, RefusesTheSliceWhoseCommitWentOnAndTheOneFoldedBesideIt) {
  whole_call("c1", 0, "101");
  const auto records = site.outgoing(Stream::kJournal);
  std::vector<std::string> answers;
  const auto told = [&](Result<sync::StreamHead> head) {
    answers.emplace_back(head.ok() ? "stored" : "unavailable");
  };
  sync::ReceivedBatch first{Stream::kJournal, site.no(), {records[0], records[1]}, told};
  sync::ReceivedBatch second{Stream::kJournal, site.no(), {records[2], records[3]}, told};
  std::vector<sync::Command> none;
  hub.store().fail_next_commit(GetParam());
  EXPECT_TRUE(hub.core().run(none, std::array{&first}, sync::Backlog::kMore).ok());
  EXPECT_TRUE(answers.empty());
  EXPECT_FALSE(hub.core().run(none, std::array{&second}).ok());
  EXPECT_EQ(answers, (std::vector<std::string>{"unavailable", "unavailable"}));
  EXPECT_TRUE(hub.core().failed());
  hub.reopen();
  replicate(site, hub);
  EXPECT_EQ(hub.projection_rows(), site.projection_rows());
}

INSTANTIATE_TEST_SUITE_P(Rows, EngineAfterAFailedCommit,
                         ::testing::Values(CommitFault::kRowsLost, CommitFault::kRowsKept),
                         [](const auto& instance) {
                           return instance.param == CommitFault::kRowsLost ? "Lost" : "Kept";
                         });

TEST_F(EngineCoreTest, WhatWasAnsweredAtTheSyncStandsWhenTheRowsFailedAfterIt) {
  std::vector<std::string> answers;
  std::vector<sync::Command> group;
  for (const auto at : {sync::AnswerAt::kSync, sync::AnswerAt::kRows}) {
    auto& command = group.emplace_back(registering(contact_from("89123456789", "принтер")));
    command.key = key_of(at == sync::AnswerAt::kSync ? "k1" : "k2", "body");
    command.answer_at = at;
    command.done = [&](Result<sync::Answer> answer) {
      answers.emplace_back(answer.ok() ? "saved" : "unavailable");
    };
  }
  site.store().fail_next_commit(CommitFault::kToldAndRowsKept);
  EXPECT_FALSE(site.core().run(group, {}).ok());
  EXPECT_EQ(answers, (std::vector<std::string>{"saved", "unavailable"}));
  EXPECT_TRUE(site.core().failed());

  site.reopen();
  EXPECT_EQ(journal(site, site.no()).size(), 4u);
  auto again = registering(contact_from("89123456789", "принтер"));
  again.key = key_of("k2", "body");
  EXPECT_TRUE(site.run(std::move(again)).ok());
  EXPECT_EQ(journal(site, site.no()).size(), 4u);
}

// ---- The journal

TEST_F(EngineCoreTest, ContinuesPositionsChainAndNumbersInANewIncarnation) {
  site.save(contact_from("89123456789", "принтер"));
  site.reopen();
  clock.advance(-3'600'000);  // the wall clock went back meanwhile
  EXPECT_EQ(site.save(contact_from("89123456789", "сканер")).counter, 2u);

  const auto rows = journal(site, site.no());
  ASSERT_EQ(rows.size(), 4u);
  expect_chained(rows);
  const auto openings = sync::incarnations(*site.store().snapshot());
  ASSERT_EQ(openings.size(), 2u);
  EXPECT_EQ(openings[0].start.v, 1u);
  EXPECT_EQ(openings[1].start.v, 3u);
  EXPECT_NE(openings[0].id, openings[1].id);
  EXPECT_EQ(rows[1].ref.incarnation, openings[0].id);
  EXPECT_EQ(rows[2].ref.incarnation, openings[1].id);
  EXPECT_GT(envelope(rows[2]).hlt, envelope(rows[1]).hlt);
}

TEST_F(EngineCoreTest, DatesNothingBeforeWhatAPeerWasPromised) {
  const TimeMs promised = clock.now() + 60'000;
  site.core().promise(promised);  // and then the clock was set back
  site.must(registering(contact_from("89123456789")));
  EXPECT_GT(envelope(journal(site, site.no()).back()).hlt.time(), promised);
}

TEST_F(EngineCoreTest, DatesNothingBeforeWhatWasPromisedWhenTheClockGoesBackByYears) {
  site.must(registering(contact_from("89123456789")));
  const TimeMs promised = clock.now() + 3'000;
  site.core().promise(promised);
  clock.advance(-10LL * 365 * 86'400'000);
  site.must(registering(contact_from("89123456780")));
  EXPECT_GT(envelope(journal(site, site.no()).back()).hlt.time(), promised);
}

TEST_F(EngineCoreTest, IsNotDatedByAClockThatWasWrongByYears) {
  site.core().promise(clock.now() + sync::kMaxPromiseLeadMs + 1);
  site.must(registering(contact_from("89123456789")));
  EXPECT_EQ(envelope(journal(site, site.no()).back()).hlt.time(), clock.now());
}

TEST_F(EngineCoreTest, RefusesToOpenOverAJournalThatDoesNotDecode) {
  {
    auto txn = site.store().begin();
    sync::put_record(*txn, {site.no(), StreamPos{1}, {}}, {}, "not a record");
    EXPECT_TRUE(txn->commit().ok());
  }
  SeededRandom random(1);
  sync::EngineObserver observer;
  const auto core =
      sync::EngineCore::open(site.store(), {site.no(), {}, [](TimeMs) { return std::int16_t{0}; }},
                             clock, random, observer);
  EXPECT_EQ(core.error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace opora::testing
