#include <gtest/gtest.h>

#include "protocol/domain/decide.h"
#include "protocol/domain/ownership.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

DecideContext at(std::uint32_t site) {
  return {SiteNo{site}, kNine, [](TimeMs) { return std::int16_t{180}; }, {}};
}

// ---- Calls

ObserveCall call_step(CallStep what, std::string agent = "") {
  ObserveCall call;
  call.source = "pbx1";
  call.call_id = "c1";
  call.seq = 3;
  call.step = what;
  call.at = kNine;
  call.agent = std::move(agent);
  return call;
}

constexpr std::uint32_t kPhantomMs = 4'000;

TEST(DecideCall, WritesDownTheSettingsOfTheMoment) {
  auto call = call_step(CallStep::kQueued);
  call.phone = "89123456789";
  const auto out = decide(call, nullptr, kPhantomMs, at(17));
  ASSERT_EQ(out->size(), 1u);
  const auto& facts = std::get<CallObserved>(out->front().facts);
  EXPECT_EQ(facts.phantom_ms, kPhantomMs);
  EXPECT_EQ(facts.zone_offset_min, 180);
  EXPECT_EQ(out->front().aggregate, call_aggregate(SiteNo{17}, "pbx1", "c1"));
  EXPECT_EQ(out->front().seq.v, 0u);
  EXPECT_EQ(out->front().personal.at(PersonalField::kPhone), "89123456789");
}

TEST(DecideCall, KeepsCallsOfSourcesAndSitesApart) {
  EXPECT_NE(call_aggregate(SiteNo{17}, "pbx1", "c1"), call_aggregate(SiteNo{18}, "pbx1", "c1"));
  EXPECT_NE(call_aggregate(SiteNo{17}, "pbx1", "c1"), call_aggregate(SiteNo{17}, "pbx", "1c1"));
}

TEST(DecideCall, SaysNothingNewAboutAStepSeenBefore) {
  CallState seen;
  seen.seen[3];
  EXPECT_TRUE(decide(call_step(CallStep::kEnded), &seen, kPhantomMs, at(17))->empty());
  seen.seen.clear();
  seen.seen[4];
  EXPECT_EQ(decide(call_step(CallStep::kEnded), &seen, kPhantomMs, at(17))->size(), 1u);
}

TEST(DecideCall, RefusesARingOrAnAnswerOfNobody) {
  for (const CallStep what : {CallStep::kRinging, CallStep::kAnswered}) {
    EXPECT_EQ(decide(call_step(what), nullptr, kPhantomMs, at(17)).error().path, "agent");
    EXPECT_TRUE(decide(call_step(what, "101"), nullptr, kPhantomMs, at(17)).ok());
  }
  for (const CallStep what : {CallStep::kQueued, CallStep::kEnded, CallStep::kHandedOver})
    EXPECT_TRUE(decide(call_step(what), nullptr, kPhantomMs, at(17)).ok());
}

TEST(DecideCall, RefusesTimesOfAnotherAge) {
  const auto path_at = [](TimeMs when) {
    auto call = call_step(CallStep::kQueued);
    call.at = when;
    const auto out = decide(call, nullptr, kPhantomMs, at(17));
    return out.ok() ? std::string() : out.error().path;
  };
  EXPECT_EQ(path_at(kMinEventTime), "");
  EXPECT_EQ(path_at(kMinEventTime + -1), "at");
  EXPECT_EQ(path_at(kNine + kMaxCallFutureMs), "");
  EXPECT_EQ(path_at(kNine + (kMaxCallFutureMs + 1)), "at");
}

// ---- Agents

// T13.
TEST(DecideAgent, AsksForTheReasonOfABreakAndOfNothingElse) {
  const auto path_of = [](std::string agent, AgentState state, BreakReason reason) {
    const auto out = decide(SetAgentState{std::move(agent), state, reason, DeskNo{1}}, at(17));
    return out.ok() ? std::string() : out.error().path;
  };
  EXPECT_EQ(path_of("101", AgentState::kReady, BreakReason::kNone), "");
  EXPECT_EQ(path_of("101", AgentState::kBreak, BreakReason::kRest), "");
  EXPECT_EQ(path_of("101", AgentState::kBreak, BreakReason::kNone), "reason");
  EXPECT_EQ(path_of("101", AgentState::kReady, BreakReason::kRest), "reason");
  EXPECT_EQ(path_of("", AgentState::kReady, BreakReason::kNone), "agent");
}

// ---- Current problems

OpenProblem no_link() {
  return {
      ProblemKind::kNoLink, SiteNo{18}, kNine, {{PersonalField::kName, "нет связи с филиалом"}}};
}

ProblemState open_problem() {
  ProblemState state;
  state.origin = SiteNo{17};
  state.term = OwnerTerm{1};
  state.seq = OwnerSeq{4};
  state.opened = Hlt{1};
  return state;
}

ProblemState closed_problem() {
  ProblemState state = open_problem();
  state.closed = Hlt{2};
  return state;
}

// T9: who opens, edits and closes a current problem.
TEST(DecideProblem, OpensAndEditsInTheOwnersOrder) {
  const auto opened = decide(no_link(), kSubject, nullptr, at(17));
  EXPECT_EQ(opened->front().seq.v, 1u);
  EXPECT_EQ(std::get<ProblemOpened>(opened->front().facts),
            (ProblemOpened{ProblemKind::kNoLink, SiteNo{18}, kNine}));
  const ProblemState before = open_problem();
  EXPECT_EQ(decide(no_link(), kSubject, &before, at(17))->front().seq.v, 5u);
}

TEST(DecideProblem, IsEditedAndClosedWhereItWasOpenedOrByTheRegionAndWhileItIsOpen) {
  const ProblemState open = open_problem();
  const ProblemState closed = closed_problem();
  EXPECT_EQ(decide(no_link(), kSubject, &open, at(18)).error().code, Code::kConflict);
  EXPECT_EQ(decide(CloseProblem{}, kSubject, &open, at(18)).error().code, Code::kConflict);
  for (const std::uint32_t place : {0u, 17u})
    EXPECT_EQ(decide(CloseProblem{}, kSubject, &open, at(place))->size(), 1u);
  EXPECT_EQ(decide(no_link(), kSubject, &closed, at(17)).error().code, Code::kConflict);
  EXPECT_EQ(decide(CloseProblem{}, kSubject, &closed, at(17)).error().code, Code::kConflict);
  EXPECT_EQ(decide(CloseProblem{}, kSubject, nullptr, at(17)).error().code, Code::kNotFound);
}

// T9: a site that is away must not leave its problem on every desk.
TEST(DecideProblem, IsTheRegionsOnceTheRegionHasEditedIt) {
  ProblemState problem = open_problem();
  const auto taken = decide(no_link(), kSubject, &problem, at(0));
  EXPECT_EQ(taken->front().term, OwnerTerm{2});
  EXPECT_EQ(taken->front().seq, OwnerSeq{5});
  problem.term = OwnerTerm{2};
  problem.seq = OwnerSeq{5};
  EXPECT_EQ(keeper_of(problem), kHubSite);
  EXPECT_EQ(decide(no_link(), kSubject, &problem, at(0))->front().term, OwnerTerm{2}) << "once";
  EXPECT_EQ(decide(no_link(), kSubject, &problem, at(17)).error().code, Code::kConflict);
  EXPECT_EQ(decide(CloseProblem{}, kSubject, &problem, at(17)).error().code, Code::kConflict);
  ProblemState own = open_problem();
  own.origin = kHubSite;
  EXPECT_EQ(decide(no_link(), kSubject, &own, at(0))->front().term, OwnerTerm{1});
}

TEST(DecideProblem, IsNotThereWhileOnlyAdditionsAre) {
  ProblemState additions;
  additions.affected = 1;
  for (const std::uint32_t place : {0u, 17u}) {
    EXPECT_EQ(decide(no_link(), kSubject, &additions, at(place)).error().code, Code::kNotFound);
    EXPECT_EQ(decide(CloseProblem{}, kSubject, &additions, at(place)).error().code,
              Code::kNotFound);
    EXPECT_EQ(decide(AffectProblem{}, kSubject, &additions, at(place)).error().code,
              Code::kNotFound);
  }
}

TEST(DecideProblem, NeedsANameAndATimeWithinBounds) {
  auto problem = no_link();
  problem.personal[PersonalField::kName] = "";
  EXPECT_EQ(decide(problem, kSubject, nullptr, at(17)).error().path, "name");
  problem.personal[PersonalField::kName] = " \t\u00A0\u200B";
  EXPECT_EQ(decide(problem, kSubject, nullptr, at(17)).error().path, "name");
  problem.personal.clear();
  EXPECT_EQ(decide(problem, kSubject, nullptr, at(17)).error().path, "name");
  problem = no_link();
  problem.started_at = kNine + (kMaxFutureMs + 1);
  EXPECT_EQ(decide(problem, kSubject, nullptr, at(17)).error().path, "started_at");
  problem.started_at = kMinEventTime + -1;
  EXPECT_EQ(decide(problem, kSubject, nullptr, at(17)).error().path, "started_at");
}

TEST(DecideProblem, IsAffectedFromAnySiteWhileOpen) {
  const ProblemState open = open_problem();
  const ProblemState closed = closed_problem();
  for (const std::uint32_t site : {0u, 17u, 18u})
    EXPECT_EQ(decide(AffectProblem{}, kSubject, &open, at(site))->front().seq.v, 0u);
  EXPECT_EQ(decide(AffectProblem{}, kSubject, &closed, at(17)).error().code, Code::kConflict);
  EXPECT_EQ(decide(AffectProblem{}, kSubject, nullptr, at(17)).error().code, Code::kNotFound);
}

// ---- Users

ChangeUser petrov() {
  ChangeUser user;
  user.facts.login = "petrov";
  user.facts.roles = 1;
  return user;
}

TEST(DecideUser, MakesAndChangesWhereTheUserWasMade) {
  UserState before;
  before.origin = SiteNo{17};
  before.term = OwnerTerm{1};
  before.seq = OwnerSeq{2};
  before.login = "petrov";
  EXPECT_EQ(decide(petrov(), kSubject, nullptr, at(17))->front().seq.v, 1u);
  EXPECT_EQ(decide(petrov(), kSubject, &before, at(17))->front().seq.v, 3u);
  EXPECT_EQ(decide(petrov(), kSubject, &before, at(0)).error().code, Code::kDenied);
  before.login = "ivanov";
  EXPECT_EQ(decide(petrov(), kSubject, &before, at(17)).error().path, "login");
}

TEST(DecideUser, RefusesLoginsThatAreHardToTypeAndUsersWithoutRoles) {
  const auto path_of = [](std::string login) {
    auto user = petrov();
    user.facts.login = std::move(login);
    const auto out = decide(user, kSubject, nullptr, at(17));
    return out.ok() ? std::string() : out.error().path;
  };
  EXPECT_EQ(path_of("a.b-c_9"), "");
  EXPECT_EQ(path_of(std::string(40, 'a')), "");
  for (const char* login : {"", "a", "Petrov", "пётр", "a b"}) EXPECT_EQ(path_of(login), "login");
  EXPECT_EQ(path_of(std::string(41, 'a')), "login");
  auto user = petrov();
  user.facts.roles = 0;
  EXPECT_EQ(decide(user, kSubject, nullptr, at(17)).error().path, "roles");
}

// ---- Sites and the rubricator

SiteChanged hospital() {
  SiteChanged facts;
  facts.site = SiteNo{17};
  facts.name = "Городская больница № 1";
  facts.zone = "Europe/Moscow";
  facts.desks = {{DeskNo{1}, "Регистратура"}};
  return facts;
}

std::string site_path(const SiteChanged& facts) {
  const auto out = decide(ChangeSite{facts}, nullptr, at(0));
  return out.ok() ? std::string() : out.error().path;
}

TEST(DecideSite, IsKeptAtTheHubInOneOrder) {
  SiteState before;
  before.term = OwnerTerm{1};
  before.seq = OwnerSeq{6};
  EXPECT_EQ(decide(ChangeSite{hospital()}, nullptr, at(0))->front().seq.v, 1u);
  EXPECT_EQ(decide(ChangeSite{hospital()}, &before, at(0))->front().seq.v, 7u);
  EXPECT_EQ(decide(ChangeSite{hospital()}, nullptr, at(17)).error().code, Code::kDenied);
}

TEST(DecideSite, NeedsANumberANameAndAZone) {
  EXPECT_EQ(site_path(hospital()), "");
  auto site = hospital();
  site.site = SiteNo{kMaxSiteNo + 1};
  EXPECT_EQ(site_path(site), "no");
  site = hospital();
  site.name = "";
  EXPECT_EQ(site_path(site), "name");
  site.name = std::string(401, 'a');
  EXPECT_EQ(site_path(site), "name");
  for (const char* zone : {"", "Москва", "Europe/Mos cow", "../../etc"}) {
    site = hospital();
    site.zone = zone;
    EXPECT_EQ(site_path(site), "zone") << zone;
  }
}

TEST(DecideSite, NeedsDesksWithNumbersAndNames) {
  auto site = hospital();
  site.desks.clear();
  EXPECT_EQ(site_path(site), "desks");
  for (std::uint16_t i = 1; i <= 99; ++i) site.desks.push_back({DeskNo{i}, "стол"});
  EXPECT_EQ(site_path(site), "");
  site.desks.push_back({DeskNo{100}, "стол"});
  EXPECT_EQ(site_path(site), "desks");
  site.desks = {{DeskNo{1}, "а"}, {DeskNo{0}, "б"}};
  EXPECT_EQ(site_path(site), "desks[1].no");
  site.desks = {{DeskNo{100}, "а"}};
  EXPECT_EQ(site_path(site), "desks[0].no");
  site.desks = {{DeskNo{1}, "а"}, {DeskNo{1}, "б"}};
  EXPECT_EQ(site_path(site), "desks[1].no");
  site.desks = {{DeskNo{1}, ""}};
  EXPECT_EQ(site_path(site), "desks[0].name");
  site.desks = {{DeskNo{1}, std::string(401, 'a')}};
  EXPECT_EQ(site_path(site), "desks[0].name");
}

// T7: versions of the rubricator.
TEST(DecideRubricator, CountsVersionsAtTheHub) {
  PublishRubricator topics{{{"a", "", "", "Приём"}}, 0};
  RubricatorState before;
  before.version = 4;
  const auto version = [](const Result<Drafts>& drafts) {
    return std::get<RubricatorPublished>(drafts->front().facts).version;
  };
  EXPECT_EQ(version(decide(topics, nullptr, at(0))), 1u);
  EXPECT_EQ(decide(topics, nullptr, at(17)).error().code, Code::kDenied);
  topics.base = 4;
  EXPECT_EQ(version(decide(topics, &before, at(0))), 5u);
}

// T7: of two who edited the same version the second is told, and nothing of the first is lost.
TEST(DecideRubricator, ReplacesOnlyTheVersionThatItsWriterSaw) {
  RubricatorState before;
  before.version = 4;
  for (const std::uint32_t base : {0u, 3u, 5u}) {
    const auto out = decide(PublishRubricator{{{"a", "", "", "Приём"}}, base}, &before, at(0));
    ASSERT_FALSE(out.ok()) << base;
    EXPECT_EQ(out.error().code, Code::kConflict);
    EXPECT_EQ(out.error().path, "version");
  }
  const auto first = decide(PublishRubricator{{{"a", "", "", "Приём"}}, 1}, nullptr, at(0));
  EXPECT_EQ(first.error().code, Code::kConflict);
}

TEST(DecideRubricator, HasNoNewVersionWithoutAChange) {
  const PublishRubricator topics{{{"a", "", "", "Приём"}}, 4};
  RubricatorState before;
  before.version = 4;
  before.topics = topics.topics;
  const auto out = decide(topics, &before, at(0));
  ASSERT_TRUE(out.ok());
  EXPECT_TRUE(out->empty());
}

TEST(DecideRubricator, NeedsTopicsWithIdsAndNames) {
  const auto path_of = [](std::vector<Topic> topics) {
    const auto out = decide(PublishRubricator{std::move(topics), 0}, nullptr, at(0));
    return out.ok() ? std::string() : out.error().path;
  };
  std::vector<Topic> many;
  for (int i = 0; i <= 2'000; ++i) many.push_back({std::to_string(i), "", "", "тема"});
  EXPECT_EQ(path_of({}), "topics");
  EXPECT_EQ(path_of(many), "topics");
  many.pop_back();
  EXPECT_EQ(path_of(many), "");
  EXPECT_EQ(path_of({{"a", "", "", "а"}, {"", "", "", "б"}}), "topics[1].id");
  EXPECT_EQ(path_of({{std::string(65, 'a'), "", "", "а"}}), "topics[0].id");
  EXPECT_EQ(path_of({{"a b", "", "", "а"}}), "topics[0].id");
  EXPECT_EQ(path_of({{"тема", "", "", "а"}}), "topics[0].id");
  EXPECT_EQ(path_of({{"Az-09_.x", "", "", "а"}}), "");
  EXPECT_EQ(path_of({{"a", "", "", "а"}, {"a", "", "", "б"}}), "topics[1].id");
  EXPECT_EQ(path_of({{"a", "", "", ""}}), "topics[0].name");
  EXPECT_EQ(path_of({{"a", "", "", std::string(401, 'a')}}), "topics[0].name");
}

// ---- Erasure

TEST(DecideErasure, NamesEveryTarget) {
  const AggregateId other = AggregateId::from("another subject.").value_or(AggregateId{});
  const auto out = decide(Erase{{kSubject, other}, "заявление"}, at(17));
  ASSERT_EQ(out->size(), 2u);
  EXPECT_EQ((*out)[0].aggregate, kSubject);
  EXPECT_EQ((*out)[1].aggregate, other);
  EXPECT_EQ(std::get<Erased>((*out)[1].facts).basis, "заявление");
}

TEST(DecideErasure, NeedsABasisOfThreeToFiveHundredLetters) {
  const auto path_of = [](std::string basis) {
    const auto out = decide(Erase{{kSubject}, std::move(basis)}, at(17));
    return out.ok() ? std::string() : out.error().path;
  };
  const auto letters = [](int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += "ю";
    return out;
  };
  EXPECT_EQ(path_of(letters(2)), "basis");
  EXPECT_EQ(path_of(letters(3)), "");
  EXPECT_EQ(path_of(letters(500)), "");
  EXPECT_EQ(path_of(letters(501)), "basis");
}

TEST(DecideUser, NamesWhatIsWrongWithSkillsAndAbsence) {
  const auto path = [](auto change) {
    ChangeUser user = petrov();
    change(user.facts);
    const auto drafts = decide(user, kSubject, nullptr, at(17));
    return drafts.ok() ? std::string() : drafts.error().path;
  };
  const LocalDay day{20'500};
  EXPECT_EQ(path([](auto&) {}), "");
  EXPECT_EQ(path([](auto& f) { f.skills = {"Справка", "Справка"}; }), "skills[1]");
  EXPECT_EQ(path([](auto& f) { f.skills = {" "}; }), "skills[0]");
  EXPECT_EQ(path([](auto& f) { f.skills.assign(101, "a"); }), "skills");
  EXPECT_EQ(path([&](auto& f) { f.absence = {day, next(day), "sidorov"}; }), "");
  EXPECT_EQ(path([&](auto& f) { f.absence = {next(day), day, ""}; }), "to");
  EXPECT_EQ(path([&](auto& f) { f.absence = {{}, day, ""}; }), "from");
  EXPECT_EQ(path([&](auto& f) { f.absence = {day, day, f.login}; }), "substitute");
}

}  // namespace
}  // namespace opora::protocol
