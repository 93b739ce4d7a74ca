#include "tests/unit/codec/samples.h"

#include "protocol/codec/record_codec.h"
#include "tests/unit/codec/sample_parts.h"

namespace opora::protocol {
namespace {

Facts call_observed() {
  CallObserved f;
  f.source = "pbx1";
  f.call_id = "1795152660.42";
  f.seq = 2;
  f.step = CallStep::kAnswered;
  f.at = kAt;
  f.desk = DeskNo(1);
  f.line = "122";
  f.agent = "Оператор 7";
  f.direction = Direction::kIn;
  f.zone_offset_min = kMoscow;
  f.phantom_ms = 5000;
  return f;
}

Facts call_gone_over() {
  auto f = std::get<CallObserved>(call_observed());
  f.journey = id<JourneyId>(0xa0);
  f.from_site = SiteNo(31);
  return f;
}

Facts contact_registered() {
  ContactRegistered f;
  f.channel = Channel::kPhone;
  f.direction = Direction::kOut;
  f.occurred_at = kAt;
  f.desk = DeskNo(2);
  f.call = id<AggregateId>(0x70);
  f.topic = "booking-first";
  f.catalogue_version = 7;
  f.facility = SiteNo(31);
  f.outcome = Outcome::kTicket;
  f.refusal = Refusal::kNoSlots;
  f.ticket = id<AggregateId>(0x80);
  f.zone_offset_min = kMoscow;
  f.problem = id<AggregateId>(0x90);
  return f;
}

Facts ticket_opened() {
  TicketOpened f;
  f.site = SiteNo(17);
  f.counter = 4198;
  f.contact = id<AggregateId>(0x70);
  f.topic = "booking-first";
  f.catalogue_version = 7;
  f.urgency = Urgency::kHigh;
  f.line = 2;
  f.facility = SiteNo(31);
  f.received_at = kAt;
  f.zone_offset_min = kMoscow;
  f.desk = DeskNo(2);
  return f;
}

Facts ticket_opened_timed() {
  auto f = std::get<TicketOpened>(ticket_opened());
  f.category = "Информационные системы";
  f.times = due_times();
  return f;
}

constexpr Asking kAsking{ContactKind::kHouseCall, ApplicantRole::kItOfficer,
                         FacilityBy::kSupportCode};

Sample telling_sample(TicketOpened ticket) {
  ticket.telling = TellRule::kWhatFollows;
  ticket.language = Language::kEnglish;
  return {"ticket_opened_telling",
          envelope(EventType::kTicketOpened, 1),
          ticket,
          {{PersonalField::kMail, "ivanova@clinic.example"}}};
}

// What was added to events that were there before.
std::vector<Sample> asking_samples() {
  auto contact = std::get<ContactRegistered>(contact_registered());
  contact.asking = kAsking;
  auto ticket = std::get<TicketOpened>(ticket_opened_timed());
  ticket.asking = kAsking;
  auto numbered = contact;
  numbered.counter = 4198;
  const Personal patient{{PersonalField::kApplicant, "Иванова Мария Петровна"},
                         {PersonalField::kPhoneGiven, "+7 912 345-67-80"},
                         {PersonalField::kAddress, "ул. Мира, 5"},
                         {PersonalField::kTemperature, "38.5"}};
  auto wish = contact;
  wish.asking.kind = ContactKind::kWish;
  wish.asking.wish = WishSubject::kKnowledgeBase;
  auto hot_line = ticket;
  hot_line.asking = {.kind = ContactKind::kHotLine,
                     .hot_line = HotLine::kMinistry,
                     .passed_to = PassedTo::kFacility};
  const Personal born{{PersonalField::kApplicant, "Иванова Мария Петровна"},
                      {PersonalField::kBirthDate, "1970-01-31"}};
  return {
      {"ticket_opened_timed", envelope(EventType::kTicketOpened, 1), ticket_opened_timed(),
       kCaller},
      {"contact_registered_wish", envelope(EventType::kContactRegistered, 1), wish, born},
      {"ticket_opened_hot_line", envelope(EventType::kTicketOpened, 1), hot_line, born},
      {"contact_registered_asking", envelope(EventType::kContactRegistered, 1), contact, patient},
      {"contact_registered_number", envelope(EventType::kContactRegistered, 1), numbered, patient},
      {"ticket_opened_asking", envelope(EventType::kTicketOpened, 1), ticket, patient},
      telling_sample(ticket)};
}

Facts user_changed() {
  UserChanged f;
  f.login = "ivanova";
  f.roles = 5;
  f.sites = {SiteNo(0), SiteNo(17), SiteNo(9999)};
  f.disabled = true;
  f.agent = "Оператор 7";
  f.desk = DeskNo(2);
  return f;
}

Facts user_changed_away() {
  UserChanged f = std::get<UserChanged>(user_changed());
  f.skills = {"Запись на приём", "Справка"};
  f.absence = {LocalDay{20'500}, LocalDay{20'513}, "petrova"};
  return f;
}

Facts user_overruled() {
  UserOverruled f;
  f.user = id<AggregateId>(0x70);
  f.disabled = true;
  f.password_at = kAt;
  f.over_term = OwnerTerm(1);
  f.over_seq = OwnerSeq(7);
  return f;
}

Facts user_overruled_away() {
  UserOverruled f;
  f.user = id<AggregateId>(0x70);
  f.absence = {LocalDay{20'500}, LocalDay{20'500}, ""};
  return f;
}

Facts records_read() {
  RecordsRead f;
  f.from = ReadFrom::kCaller;
  f.contacts = {id<AggregateId>(0x70), id<AggregateId>(0x80)};
  f.tickets = {id<AggregateId>(0x90)};
  return f;
}

Facts site_changed() {
  SiteChanged f;
  f.site = SiteNo(17);
  f.name = "Городская больница №2";
  f.zone = "Europe/Moscow";
  f.desks = {{DeskNo(1), "Регистратура"}, {DeskNo(2), ""}};
  f.link_key = Bytes(32, 'k');
  f.disabled = true;
  return f;
}

Facts site_changed_code() {
  auto f = std::get<SiteChanged>(site_changed());
  f.support_code = "482918";
  return f;
}

Facts site_changed_numbers() {
  auto f = std::get<SiteChanged>(site_changed_code());
  f.numbers_every_call = true;
  return f;
}

Facts rubricator_published() {
  return RubricatorPublished{7,
                             {{"booking-first", "запись", "Запись на приём", "Первичная запись"},
                              {"other", "", "", "Прочее"}}};
}

Facts rubricator_published_kinds() {
  return RubricatorPublished{
      8,
      {{"login", "assistance", "Systems", "Cannot log in", ContactKind::kSupport},
       {"improve", "other", "Ideas", "An idea", ContactKind::kWish},
       {"hours", "information", "Clinics", "Opening hours", ContactKind::kNone}}};
}

constexpr LocalDay kSaturday{20'393};  // 2025-11-01
constexpr LocalDay kMonday{20'395};

Facts production_year_published() {
  ProductionYearPublished f;
  f.year = 2025;
  f.status = YearStatus::kPreliminary;
  f.days[kSaturday] = {DayKind::kShort, kMonday};
  f.days[kMonday] = {DayKind::kOff, {}};
  return f;
}

Facts calendar_changed() {
  CalendarChanged f;
  f.id = "desks";
  f.name_ru = "Посты";
  f.name_en = "Desks";
  f.zone = "Europe/Moscow";
  for (std::size_t i = 0; i < 5; ++i) f.hours.week[i] = {{510, 720}, {780, 1'032}};
  f.hours.holidays = Holidays::kIgnored;
  f.hours.own_days[kSaturday] = {{480, 720}};
  f.hours.own_days[kMonday] = {};
  f.disabled = true;
  return f;
}

Facts queue_changed() {
  QueueChanged f;
  f.id = "line-2";
  f.name_ru = "Вторая линия";
  f.name_en = "Line 2";
  f.line = 2;
  f.calendar = "desks";
  f.norms[0] = {{480, NormUnit::kHours, Running::kWorkingTime},
                {15'120, NormUnit::kWeeks, Running::kRoundTheClock}};
  f.norms[3] = {{10, NormUnit::kHours, Running::kRoundTheClock}, {}};
  f.reactions = {{"запись", {60, NormUnit::kHours, Running::kWorkingTime}},
                 {"", {120, NormUnit::kHours, Running::kRoundTheClock}}};
  f.disabled = true;
  return f;
}

Facts queue_changed_narrow() {
  QueueChanged f = std::get<QueueChanged>(queue_changed());
  f.topics = {"Запись на приём", "info-booking"};
  f.sites = {SiteNo(17), SiteNo(9999)};
  return f;
}

Facts patient_queue() {
  auto f = std::get<QueueChanged>(queue_changed());
  f.silence = {7'200, NormUnit::kHours, Running::kWorkingTime};
  f.region_after = {};
  return f;
}

Facts competence_changed() {
  return CompetenceChanged{"lost-password", "Забыл пароль от портала",
                           "Пароль меняет сам пользователь на странице входа.", true, true};
}

Facts template_changed() {
  TemplateChanged f{"call-back",
                    "Перезвоним",
                    TemplateUse::kAnswer,
                    "{имя}, перезвонит {врач}.",
                    {},
                    ContactKind::kNone,
                    "",
                    std::nullopt,
                    false};
  f.fields = {{"имя", Filling::kApplicant, {}}, {"врач", Filling::kAsked, {"терапевт", "хирург"}}};
  return f;
}

Facts template_changed_ticket() {
  return TemplateChanged{"no-login",
                         "Не входит",
                         TemplateUse::kTicket,
                         "Не входит в {система}.",
                         {{"система", Filling::kAsked, {}}},
                         ContactKind::kSupport,
                         "login-problem",
                         Urgency::kHigh,
                         true};
}

Facts template_changed_items() {
  auto f = std::get<TemplateChanged>(template_changed_ticket());
  f.items = {"Проверить вход с другого рабочего места", "Сбросить пароль"};
  return f;
}

// What was added to records of the catalogues.
std::vector<Sample> catalogue_samples() {
  return {{"rubricator_published_kinds",
           envelope(EventType::kRubricatorPublished, 1),
           rubricator_published_kinds(),
           {}},
          {"template_changed_items",
           envelope(EventType::kTemplateChanged, 2),
           template_changed_items(),
           {}}};
}

// What was added to a site's record.
std::vector<Sample> site_samples() {
  const auto env = envelope(EventType::kSiteChanged, 2);
  return {{"site_changed_code", env, site_changed_code(), {}},
          {"site_changed_numbers", env, site_changed_numbers(), {}}};
}

// Who is away, and what a queue is meant for.
std::vector<Sample> people_samples() {
  return {
      {"user_changed_away", envelope(EventType::kUserChanged, 2), user_changed_away(), {}},
      {"user_overruled_away", envelope(EventType::kUserOverruled, 3), user_overruled_away(), {}},
      {"queue_changed_narrow", envelope(EventType::kQueueChanged, 3), queue_changed_narrow(), {}},
      {"queue_changed_patience", envelope(EventType::kQueueChanged, 2), patient_queue(), {}},
  };
}

}  // namespace

std::vector<Sample> samples() {
  const Personal problem{{PersonalField::kName, "Нет связи с филиалом"},
                         {PersonalField::kDescription, "С утра"},
                         {PersonalField::kDoctor, ""}};
  const Personal user{{PersonalField::kName, "Иванова М. П."},
                      {static_cast<PersonalField>(999), "later"}};
  const AggregateId contact = id<AggregateId>(0x70);
  std::vector<Sample> out = {
      {"call_observed",
       envelope(EventType::kCallObserved, 0),
       call_observed(),
       {{PersonalField::kPhone, "89123456789"}}},
      {"call_observed_journey", envelope(EventType::kCallObserved, 0), call_gone_over(), {}},
      {"contact_registered", envelope(EventType::kContactRegistered, 1), contact_registered(),
       kCaller},
      {"ticket_opened", envelope(EventType::kTicketOpened, 1), ticket_opened(), kCaller},
      {"ticket_assigned", envelope(EventType::kTicketAssigned, 2), TicketAssigned{3, "petrov"},
       kText},
      {"ticket_commented", envelope(EventType::kTicketCommented, 0), TicketCommented{}, kText},
      {"ticket_closed", envelope(EventType::kTicketClosed, 3),
       TicketClosed{TicketStatus::kRejected, RejectReason::kOutsideCompetence}, kText},
      {"problem_opened", envelope(EventType::kProblemOpened, 1),
       ProblemOpened{ProblemKind::kNoLink, SiteNo(17), kAt}, problem},
      {"problem_affected", envelope(EventType::kProblemAffected, 0), ProblemAffected{contact}, {}},
      {"problem_closed", envelope(EventType::kProblemClosed, 2), ProblemClosed{}, {}},
      {"user_changed", envelope(EventType::kUserChanged, 1), user_changed(), user},
      {"site_changed", envelope(EventType::kSiteChanged, 1), site_changed(), {}},
      {"rubricator_published",
       envelope(EventType::kRubricatorPublished, 1),
       rubricator_published(),
       {}},
      {"agent_state_changed",
       envelope(EventType::kAgentStateChanged, 0),
       AgentStateChanged{"Оператор 7", AgentState::kBreak, BreakReason::kRest, kAt, DeskNo(2)},
       {}},
      {"erased", envelope(EventType::kErased, 1), Erased{"Заявление от 01.02.2026"}, {}},
      {"user_overruled",
       envelope(EventType::kUserOverruled, 2),
       user_overruled(),
       {{PersonalField::kPasswordHash, "$argon2id$sample"}}},
      {"ticket_offered", envelope(EventType::kTicketOffered, 4), TicketOffered{SiteNo(31), kAt},
       kText},
      {"ticket_offer_cancelled",
       envelope(EventType::kTicketOfferCancelled, 5),
       TicketOfferCancelled{OwnerSeq(4)},
       {}},
      {"ticket_offer_answered", envelope(EventType::kTicketOfferAnswered, 0),
       TicketOfferAnswered{OwnerTerm(1), OwnerSeq(4), OfferReply::kDeclined}, kText},
      {"ticket_owner_changed", envelope(EventType::kTicketOwnerChanged, 1),
       TicketOwnerChanged{SiteNo(31), SiteNo(17), StreamPos(4198), OwnerCause::kRouted, 900'000},
       kText},
      {"records_read", envelope(EventType::kRecordsRead, 0), records_read(), {}},
      {"production_year_published",
       envelope(EventType::kProductionYearPublished, 2),
       production_year_published(),
       {}},
      {"calendar_changed", envelope(EventType::kCalendarChanged, 2), calendar_changed(), {}},
      {"queue_changed", envelope(EventType::kQueueChanged, 2), queue_changed(), {}},
      {"competence_changed", envelope(EventType::kCompetenceChanged, 2), competence_changed(), {}},
      {"template_changed", envelope(EventType::kTemplateChanged, 2), template_changed(), {}},
      {"template_changed_ticket",
       envelope(EventType::kTemplateChanged, 2),
       template_changed_ticket(),
       {}},
  };
  for (auto& more : {site_samples(), catalogue_samples(), people_samples(), asking_samples(),
                     life_samples(), telling_samples(), call_back_samples(), recording_samples()})
    out.insert(out.end(), more.begin(), more.end());
  return out;
}

DataKey sample_key() {
  CountingRandom random(0xc0);
  return DataKey::random(random);
}

Bytes sealed_record(const Sample& sample) {
  CountingRandom nonces(0xa0);
  Bytes sealed;
  if (!sample.personal.empty()) {
    sealed = seal(sample_key(), sample.env.origin, sample.env.n, sample.env.aggregate,
                  encode_personal(sample.personal), nonces);
  }
  return encode_record(sample.env, encode_facts(sample.facts), sealed);
}

}  // namespace opora::protocol
