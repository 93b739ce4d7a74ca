// Calendars and queues (A10, A14, V3) as records of the region: who may change them, what is
// refused, how versions follow each other.
#include <gtest/gtest.h>

#include "protocol/domain/deadlines.h"
#include "protocol/domain/decide.h"
#include "tests/unit/domain/calendars.h"
#include "tests/unit/domain/told.h"

namespace opora::protocol {
namespace {

using testing::day;

DecideContext here(SiteNo site) {
  return {site, kNine, [](TimeMs) { return std::int16_t{180}; }, {}};
}
const DecideContext kHub = here(kHubSite);
const DecideContext kSite = here(SiteNo{17});

CalendarChanged office() {
  return {"office", "Кабинеты", "Offices", "", testing::seven_to_six(), false};
}

QueueChanged line_2() {
  QueueChanged out{"line-2", "Вторая линия", "Line 2", 2, "office", {}, {}, false};
  for (std::size_t i = 0; i < kUrgencies; ++i)
    out.norms[i] = default_norms(static_cast<Urgency>(i + 1));
  return out;
}

CompetenceChanged password() {
  return {"lost-password", "Забыл пароль", "Меняется на странице входа.", true, false};
}

TemplateChanged call_back() {
  TemplateChanged out;
  out.id = "call-back";
  out.name = "Перезвоним";
  out.text = "{имя}, Вам перезвонит {врач}.";
  out.fields = {{"имя", Filling::kApplicant, {}},
                {"врач", Filling::kAsked, {"терапевт", "хирург"}}};
  return out;
}

ProductionYearPublished year_2026() {
  ProductionYearPublished out;
  out.year = 2026;
  testing::off(out.days, "2026-01-01", "2026-01-09");
  return out;
}

template <class Facts>
CatalogueState<Facts> kept(Facts facts, std::uint32_t version) {
  return {OwnerTerm{1}, OwnerSeq{version}, Hlt{1}, std::move(facts)};
}

template <class Facts>
std::string refused(const Result<Facts>& result) {
  return result.ok() ? "" : result.error().path;
}

TEST(Catalogue, IsChangedAtTheHubAlone) {
  const auto calendar = kept(office(), 1);
  EXPECT_EQ(decide(PublishProductionYear{year_2026(), {}}, nullptr, kSite).error().code,
            Code::kDenied);
  EXPECT_EQ(decide(ChangeCalendar{office(), {}}, nullptr, kSite).error().code, Code::kDenied);
  EXPECT_EQ(decide(ChangeQueue{line_2(), {}}, nullptr, &calendar, kSite).error().code,
            Code::kDenied);
  EXPECT_EQ(decide(ChangeCompetence{password(), {}}, nullptr, kSite).error().code, Code::kDenied);
  EXPECT_EQ(decide(ChangeTemplate{call_back(), {}}, nullptr, nullptr, kSite).error().code,
            Code::kDenied);
}

TEST(Catalogue, CountsItsVersionsAndKeepsTheWriterWhoSawAnOldOneFromOverwriting) {
  const auto first = decide(ChangeCalendar{office(), {}}, nullptr, kHub);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->front().seq, OwnerSeq{1});
  EXPECT_EQ(first->front().aggregate, calendar_aggregate("office"));
  const auto seen = kept(office(), 4);
  EXPECT_EQ(decide(ChangeCalendar{office(), OwnerSeq{4}}, &seen, kHub)->front().seq, OwnerSeq{5});
  for (const OwnerSeq base : {OwnerSeq{0}, OwnerSeq{3}, OwnerSeq{5}}) {
    const auto out = decide(ChangeCalendar{office(), base}, &seen, kHub);
    EXPECT_EQ(out.error().code, Code::kConflict);
    EXPECT_EQ(out.error().path, "version");
  }
}

TEST(Catalogue, NamesTheFieldOfACalendarThatIsWrong) {
  const auto path = [](auto change) {
    CalendarChanged facts = office();
    change(facts);
    return refused(decide(ChangeCalendar{facts, {}}, nullptr, kHub));
  };
  EXPECT_EQ(path([](auto&) {}), "");
  EXPECT_EQ(path([](auto& f) { f.id = "Кабинет"; }), "id");
  EXPECT_EQ(path([](auto& f) { f.id = ""; }), "id");
  EXPECT_EQ(path([](auto& f) { f.id = std::string(41, 'a'); }), "id");
  EXPECT_EQ(path([](auto& f) { f.name_ru = " "; }), "name_ru");
  EXPECT_EQ(path([](auto& f) { f.name_en = ""; }), "name_en");
  EXPECT_EQ(path([](auto& f) { f.zone = "../etc/passwd"; }), "zone");
  EXPECT_EQ(path([](auto& f) { f.hours.week[3] = {{60, 60}}; }), "week[3]");
  EXPECT_EQ(path([](auto& f) { f.hours.week.fill({}); }), "week");
  EXPECT_EQ(path([](auto& f) { f.hours.own_days[day("2026-03-01")] = {{9, 8}}; }), "own_days[0]");
}

TEST(Catalogue, NamesTheFieldOfAQueueThatIsWrong) {
  const auto calendar = kept(office(), 1);
  const auto path = [&](auto change) {
    QueueChanged facts = line_2();
    change(facts);
    return refused(decide(ChangeQueue{facts, {}}, nullptr, &calendar, kHub));
  };
  EXPECT_EQ(path([](auto&) {}), "");
  EXPECT_EQ(path([](auto& f) { f.line = 4; }), "line");
  EXPECT_EQ(path([](auto& f) { f.norms[2].completion.minutes = kMaxNormMinutes + 1; }),
            "norms[2].completion");
  EXPECT_EQ(path([](auto& f) { f.reactions = {{"a", {}}, {"a", {}}}; }), "reactions[1].category");
  EXPECT_EQ(path([](auto& f) {
              f.reactions = {{"", {kMaxNormMinutes + 1}}};
            }),
            "reactions[0].norm");
  EXPECT_EQ(path([](auto& f) { f.topics = {"a", " "}; }), "topics[1]");
  EXPECT_EQ(path([](auto& f) { f.topics = {"a", "b", "a"}; }), "topics[2]");
  EXPECT_EQ(path([](auto& f) { f.topics.assign(201, "a"); }), "topics");
  EXPECT_EQ(path([](auto& f) { f.topics = {std::string(2'000, 'a')}; }), "topics[0]");
  EXPECT_EQ(path([](auto& f) { f.sites = {SiteNo{17}, SiteNo{17}}; }), "sites[1]");
  EXPECT_EQ(path([](auto& f) { f.sites = {SiteNo{10'000}}; }), "sites[0]");
  EXPECT_EQ(path([](auto& f) { f.sites.resize(201); }), "sites");
  EXPECT_EQ(path([](auto& f) {
              f.topics = {"Справка", "info-booking"};
              f.sites = {SiteNo{17}, SiteNo{3}};
            }),
            "");
  EXPECT_EQ(refused(decide(ChangeQueue{line_2(), {}}, nullptr, nullptr, kHub)), "calendar");
}

// V9b
TEST(Catalogue, NamesTheFieldOfAClauseOfCompetenceThatIsWrong) {
  const auto path = [](auto change) {
    CompetenceChanged facts = password();
    change(facts);
    return refused(decide(ChangeCompetence{facts, {}}, nullptr, kHub));
  };
  EXPECT_EQ(path([](auto&) {}), "");
  EXPECT_EQ(path([](auto& f) { f.id = "Пароль"; }), "id");
  EXPECT_EQ(path([](auto& f) { f.name = " "; }), "name");
  EXPECT_EQ(path([](auto& f) { f.text = ""; }), "text");
  EXPECT_EQ(path([](auto& f) { f.text = std::string(20'000, 'a'); }), "text");
  const auto seen = kept(password(), 2);
  const auto next = decide(ChangeCompetence{password(), OwnerSeq{2}}, &seen, kHub);
  EXPECT_EQ(next->front().aggregate, competence_aggregate("lost-password"));
  EXPECT_EQ(next->front().seq, OwnerSeq{3});
  EXPECT_EQ(refused(decide(ChangeCompetence{password(), OwnerSeq{1}}, &seen, kHub)), "version");
}

TEST(Catalogue, NamesTheFieldOfATemplateThatIsWrong) {
  RubricatorState rubricator;
  rubricator.topics = {{"login", "support", "portal", "Не входит"}};
  const auto path = [&](auto change) {
    TemplateChanged facts = call_back();
    change(facts);
    return refused(decide(ChangeTemplate{facts, {}}, nullptr, &rubricator, kHub));
  };
  EXPECT_EQ(path([](auto&) {}), "");
  EXPECT_EQ(path([](auto& f) { f.id = "Ответ"; }), "id");
  EXPECT_EQ(path([](auto& f) { f.name = " "; }), "name");
  EXPECT_EQ(path([](auto& f) { f.text = "\n"; }), "text");
  EXPECT_EQ(path([](auto& f) { f.text = std::string(20'000, 'a'); }), "text");
  EXPECT_EQ(path([](auto& f) { f.topic = "login"; }), "topic");
  EXPECT_EQ(path([](auto& f) { f.kind = ContactKind::kWish; }), "kind");
  EXPECT_EQ(path([](auto& f) { f.urgency = Urgency::kLow; }), "urgency");
  EXPECT_EQ(path([](auto& f) { f.items = {"Позвонить"}; }), "items");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.items = {"Позвонить", ""};
            }),
            "items[1]");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.items = {"Позвонить", std::string(201, 'x')};
            }),
            "items[1]");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.items.resize(51, "Позвонить");
            }),
            "items");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.topic = "unknown";
            }),
            "topic");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.topic = "login";
              f.kind = ContactKind::kSupport;
              f.urgency = Urgency::kHigh;
              f.items = {"Позвонить", "Проверить вход"};
            }),
            "");
}

TEST(Catalogue, KeepsTheTextOfATemplateAndItsFieldsTogether) {
  const auto path = [](auto change) {
    TemplateChanged facts = call_back();
    change(facts);
    return refused(decide(ChangeTemplate{facts, {}}, nullptr, nullptr, kHub));
  };
  for (const char* text : {"{имя} {врач} {", "{имя} {врач} }", "{имя} {врач {имя}}", "{врач", "}{"})
    EXPECT_EQ(path([&](auto& f) { f.text = text; }), "text") << text;
  EXPECT_EQ(path([](auto& f) { f.text += " и {дата}"; }), "text");
  EXPECT_EQ(path([](auto& f) { f.text += " {}"; }), "text");
  EXPECT_EQ(path([](auto& f) { f.text += " И снова {врач}"; }), "");
  EXPECT_EQ(path([](auto& f) { f.text = "Перезвоним {врач}"; }), "fields[0].name");
  EXPECT_EQ(path([](auto& f) { f.fields[1].name = "имя"; }), "fields[1].name");
  EXPECT_EQ(path([](auto& f) { f.fields[1].name = " "; }), "fields[1].name");
  EXPECT_EQ(path([](auto& f) { f.fields[1].choices[0] = ""; }), "fields[1].choices[0]");
  EXPECT_EQ(path([](auto& f) { f.fields[1].choices.resize(21, "врач"); }), "fields[1].choices");
  EXPECT_EQ(path([](auto& f) { f.fields[0].choices = {"Иванова"}; }), "fields[0].choices");
  EXPECT_EQ(path([](auto& f) { f.fields.resize(11); }), "fields");
  EXPECT_EQ(path([](auto& f) {
              f.use = TemplateUse::kTicket;
              f.fields[1] = {"врач", Filling::kNumber, {}};
            }),
            "fields[1].filling");
  const auto seen = kept(call_back(), 2);
  const auto next = decide(ChangeTemplate{call_back(), OwnerSeq{2}}, &seen, nullptr, kHub);
  EXPECT_EQ(next->front().aggregate, template_aggregate("call-back"));
  EXPECT_EQ(next->front().seq, OwnerSeq{3});
  const auto late = decide(ChangeTemplate{call_back(), OwnerSeq{1}}, &seen, nullptr, kHub);
  EXPECT_EQ(refused(late), "version");
}

TEST(Catalogue, KeepsAProductionYearToItsDays) {
  ProductionYearPublished facts = year_2026();
  EXPECT_EQ(refused(decide(PublishProductionYear{facts, {}}, nullptr, kHub)), "");
  facts.days[day("2027-01-01")] = {DayKind::kOff, {}};
  EXPECT_EQ(refused(decide(PublishProductionYear{facts, {}}, nullptr, kHub)), "days[9]");
  facts.year = 1999;
  EXPECT_EQ(refused(decide(PublishProductionYear{facts, {}}, nullptr, kHub)), "year");
  facts = year_2026();
  facts.days[day("2026-02-07")] = {DayKind::kWorking, {}};
  EXPECT_EQ(refused(decide(PublishProductionYear{facts, {}}, nullptr, kHub)), "days[9]");
}

TEST(Catalogue, FoldsToTheLatestVersionInAnyOrderOfArrival) {
  QueueChanged later = line_2();
  later.line = 3;
  const Event first = told(line_2()).at(1).place(1).by(0);
  const Event second = told(later).at(2).place(2).by(0);
  Entity entity = subject(Kind::kQueue);
  EXPECT_EQ(fold(entity, second), FoldResult::kFolded);
  EXPECT_EQ(fold(entity, first), FoldResult::kRefold);
  entity = refold(entity, {first, second});
  ASSERT_NE(entity.as<QueueState>(), nullptr);
  EXPECT_EQ(entity.as<QueueState>()->facts.line, 3);
  EXPECT_EQ(entity.as<QueueState>()->seq, OwnerSeq{2});
}

}  // namespace
}  // namespace opora::protocol
