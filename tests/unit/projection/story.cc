#include "tests/unit/projection/story.h"

#include "protocol/codec/record_codec.h"
#include "protocol/domain/call_back.h"

namespace opora::testing {

using namespace protocol;  // NOLINT(google-build-using-namespace): every word here is an event

namespace {

class Teller {
 public:
  explicit Teller(std::uint64_t seed) : random_(seed), dice_(seed) {}

  Story tell(std::size_t events) {
    for (std::size_t i = 0; i < events; ++i) one();
    return std::move(story_);
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(dice_() % sides); }
  bool rarely() { return roll(12) == 0; }
  SiteNo any_site() { return SiteNo{std::array<std::uint32_t, 3>{0, 17, 18}[roll(3)]}; }
  AggregateId one_of(std::string_view kind, std::uint32_t count) {
    return id_from(kind, {std::to_string(roll(count))});
  }
  TimeMs some_time() { return kMorning + std::int64_t{roll(200'000)} * 1'000; }
  std::string some_agent() { return "10" + std::to_string(roll(3)); }
  template <class E>
  E any(E last) {
    return static_cast<E>(1 + roll(static_cast<std::uint32_t>(last)));
  }

  void one() {
    switch (roll(15)) {
      case 0:
      case 1:
      case 2:
      case 3: return call();
      case 4: return contact();
      case 5: return add(one_of("ticket", 4), opened(), owners(rarely() ? 2 : 1));
      case 6: return ticket_change();
      case 7: return add(one_of("ticket", 4), TicketCommented{}, {});
      case 8: return problem();
      case 9: return user();
      case 10: return region();
      case 11: return agent();
      case 12: return roll(2) == 0 ? overrule() : read();
      case 13: return call_back();
      default: return rarely() ? erase() : call();
    }
  }

  struct Place {
    std::uint32_t term = 1;
    std::uint32_t seq = 0;
  };
  Place owners(std::uint32_t seq) { return {rarely() ? 2u : 1u, seq}; }

  void call() {
    const SiteNo site = any_site();
    CallObserved e;
    e.source = "pbx1";
    e.call_id = std::to_string(roll(6));
    e.seq = roll(6);
    e.step = any(CallStep::kHandedOver);
    e.at = some_time();
    e.desk = DeskNo{static_cast<std::uint16_t>(roll(3))};
    e.line = roll(2) == 0 ? "" : "122";
    e.agent = some_agent();
    e.direction = rarely() ? Direction::kOut : Direction::kIn;
    e.zone_offset_min = static_cast<std::int16_t>(60 * roll(12));
    e.phantom_ms = roll(60'000);
    if (roll(3) == 0) {
      e.journey.b.fill(static_cast<std::uint8_t>(1 + roll(3)));
      e.from_site = SiteNo{roll(2) == 0 ? 0u : 31u};
    }
    add_at(site, call_aggregate(site, e.source, e.call_id), e, {});
  }

  // Whoever says whatever of them: the home, the site that had it, a stranger.
  void call_back() {
    const AggregateId call = one_of("call", 3);
    const AggregateId id = call_back_aggregate(SiteNo{17}, call);
    const TimeMs at = some_time();
    switch (roll(7)) {
      case 0:
      case 1: {
        CallBackOpened e{call, at, DeskNo{1}, "122", 180, at, 3};
        if (rarely()) e.place = {1, at, 0, 0};
        return add_at(rarely() ? any_site() : SiteNo{17}, id, e, {1, 1});
      }
      case 2: return add(id, CallBackAsked{call, at, {1, some_time(), 0, 0}}, {});
      case 3:
        return add(id, CallBackClaimed{some_agent(), at, at + 60'000}, {1 + roll(3), 2 + roll(5)});
      case 4: return add(id, CallBackMet{call, any(CallBackEnd::kGotThrough)}, {});
      case 5: {
        const StreamPos through{heads_[SiteNo{18}].pos.v -
                                std::min<std::uint64_t>(roll(3), heads_[SiteNo{18}].pos.v)};
        return add_at(rarely() ? any_site() : SiteNo{17}, id,
                      CallBackRouted{roll(2) == 0 ? SiteNo{17} : SiteNo{18}, at, through},
                      {2 + roll(2), 1});
      }
      default: break;
    }
    add(id,
        CallBackTried{any(CallBackResult::kReleased), some_agent(), at, at + 60'000,
                      rarely() ? any(CallBackEnd::kNotNeeded) : CallBackEnd::kNone},
        {1 + roll(3), 2 + roll(5)});
  }

  void contact() {
    ContactRegistered e;
    e.channel = any(Channel::kChat);
    e.direction = any(Direction::kOut);
    e.occurred_at = some_time();
    e.desk = DeskNo{static_cast<std::uint16_t>(1 + roll(2))};
    e.topic = "topic";
    e.zone_offset_min = 180;
    add(one_of("contact", 5), e, {1, 1});
  }

  TicketOpened opened() {
    TicketOpened e;
    e.site = SiteNo{17};
    e.counter = 1 + roll(9);
    e.topic = "topic";
    e.urgency = any(Urgency::kCritical);
    e.received_at = some_time();
    return e;
  }

  // Offers, answers and changes of the owner by whoever comes along, the region included.
  void handing_over() {
    const AggregateId id = one_of("ticket", 4);
    switch (roll(5)) {
      case 0: return add(id, TicketOffered{any_site(), {}}, owners(2 + roll(5)));
      case 1: return add(id, TicketOfferCancelled{OwnerSeq{2 + roll(5)}}, owners(2 + roll(5)));
      case 2:
        return add(id,
                   TicketOfferAnswered{OwnerTerm{1 + roll(2)}, OwnerSeq{2 + roll(5)},
                                       any(OfferReply::kDeclined)},
                   {});
      default: break;
    }
    const SiteNo to = roll(2) == 0 ? SiteNo{17} : SiteNo{18};
    const StreamPos through{heads_[SiteNo{17}].pos.v - roll(3)};
    add_at(rarely() ? any_site() : kHubSite, id,
           TicketOwnerChanged{to, SiteNo{17}, through, any(OwnerCause::kLeaseExpired), roll(2)},
           {2 + roll(2), 1});
  }

  void ticket_change() {
    if (roll(2) == 0) return handing_over();
    const Place place = owners(2 + roll(5));
    if (roll(3) == 0) return of_kind(one_of("ticket", 4), place);
    if (roll(3) != 0)
      return add(one_of("ticket", 4),
                 TicketAssigned{static_cast<std::uint8_t>(1 + roll(3)), some_agent()}, place);
    add(one_of("ticket", 4), TicketClosed{TicketStatus::kDone, RejectReason::kNone}, place);
  }

  void of_kind(const AggregateId& id, Place place) {
    const Slot slot{any(Speciality::kPaediatrician), any_site(), some_time()};
    switch (roll(3)) {
      case 0: return add(id, TicketVisitTold{any(VisitStep::kConfirmed), any_site(), {}}, place);
      case 1: return add(id, TicketWaitsFor{slot.speciality, any_site()}, place);
      default: break;
    }
    const TimeMs at = some_time();
    add(id, TicketListCalled{any(ListStep::kDeclinedSlot), some_agent(), at, at + 60'000, slot},
        place);
  }

  void notice() {
    const SiteNo site = any_site();
    const SiteNo facility = site == kHubSite ? SiteNo{17} : site;
    FacilityNoticeChanged e{facility, LocalDay{20'000 + static_cast<int>(roll(9))}, {}, rarely()};
    if (roll(2) == 0) e.until = LocalDay{e.from.v + static_cast<int>(roll(9))};
    add_at(site, one_of("notice", 3), e, owners(1 + roll(4)));
  }

  void problem() {
    if (roll(4) == 0) return notice();
    const AggregateId id = one_of("problem", 3);
    switch (roll(4)) {
      case 0: return add(id, ProblemAffected{}, {});
      case 1: return add(id, ProblemClosed{}, {});
      default:
        return add(id, ProblemOpened{any(ProblemKind::kOther), any_site(), some_time()},
                   owners(1 + roll(4)));
    }
  }

  void user() {
    UserChanged e;
    e.login = "user" + std::to_string(roll(3));
    e.roles = 1 + roll(9);
    e.disabled = rarely();
    add(one_of("user", 3), e, owners(1 + roll(4)));
  }

  void overrule() {
    const SiteNo site = any_site();
    UserOverruled e;
    e.user = one_of("user", 3);
    e.disabled = rarely();
    if (roll(2) == 0) e.password_at = some_time();
    e.over_term = OwnerTerm{1};
    e.over_seq = OwnerSeq{roll(4)};
    add_at(site, overrule_aggregate(site, e.user), e, owners(1 + roll(4)));
  }

  void read() {
    RecordsRead e;
    e.from = any(ReadFrom::kTickets);
    e.contacts = {one_of("contact", 4)};
    if (roll(2) == 0) e.tickets = {one_of("ticket", 4)};
    add(one_of("read", 9), e, {});
  }

  void catalogue() {
    const std::string id = std::to_string(roll(2));
    switch (roll(5)) {
      case 0: {
        ProductionYearPublished e;
        e.year = static_cast<std::uint16_t>(2024 + roll(2));
        e.days[LocalDay{(e.year == 2024 ? 19'723 : 20'089) + static_cast<int>(roll(300))}] = {};
        return add(production_year_aggregate(e.year), e, owners(1 + roll(4)));
      }
      case 1: {
        CalendarChanged e{id, "Посты", "Desks", "", round_the_clock(), rarely()};
        return add(calendar_aggregate(id), e, owners(1 + roll(4)));
      }
      case 2: {
        CompetenceChanged e{id, "Вопрос " + std::to_string(roll(9)), "Ответ", rarely(), rarely()};
        return add(competence_aggregate(id), e, owners(1 + roll(4)));
      }
      case 3: {
        TemplateChanged e;
        e.id = id;
        e.name = "Шаблон " + std::to_string(roll(9));
        e.text = "Позвоните {врач}";
        e.fields = {{"врач", Filling::kAsked, {"терапевт", "хирург"}}};
        if (rarely()) e.urgency = Urgency::kLow;
        return add(template_aggregate(id), e, owners(1 + roll(4)));
      }
      default: {
        QueueChanged e;
        e.id = id;
        e.name_ru = "Линия " + std::to_string(roll(9));
        e.name_en = "Line";
        e.calendar = "1";
        return add(queue_aggregate(id), e, owners(1 + roll(4)));
      }
    }
  }

  void region() {
    if (roll(3) == 0) return catalogue();
    if (roll(2) == 0) {
      return add(rubricator_id(),
                 RubricatorPublished{1 + roll(4), {{std::to_string(roll(99)), "", "", "тема"}}},
                 {});
    }
    SiteChanged e;
    e.site = any_site();
    e.name = "site " + std::to_string(roll(9));
    e.zone = "Europe/Moscow";
    add(site_aggregate(e.site), e, owners(1 + roll(4)));
  }

  void agent() {
    const SiteNo site = any_site();
    const std::string name = some_agent();
    add_at(site, agent_aggregate(site, name),
           AgentStateChanged{name, any(AgentState::kBreak), {}, some_time(), DeskNo{1}}, {});
  }

  void erase() {
    const AggregateId target = one_of(roll(2) == 0 ? "contact" : "ticket", 4);
    add(target, Erased{"basis " + std::to_string(roll(99))}, {});
  }

  void add(const AggregateId& aggregate, Facts facts, Place place) {
    add_at(any_site(), aggregate, std::move(facts), place);
  }

  Personal some_personal(const Facts& facts) {
    Personal out;
    const bool nobody = std::holds_alternative<SiteChanged>(facts) ||
                        std::holds_alternative<RubricatorPublished>(facts) ||
                        std::holds_alternative<ProductionYearPublished>(facts) ||
                        std::holds_alternative<CalendarChanged>(facts) ||
                        std::holds_alternative<QueueChanged>(facts) ||
                        std::holds_alternative<CompetenceChanged>(facts) ||
                        std::holds_alternative<TemplateChanged>(facts) ||
                        std::holds_alternative<AgentStateChanged>(facts) ||
                        std::holds_alternative<Erased>(facts) ||
                        std::holds_alternative<RecordsRead>(facts);
    if (nobody || roll(3) == 0) return out;
    out[PersonalField::kPhone] = "8912345678" + std::to_string(roll(10));
    if (std::holds_alternative<TicketWaitsFor>(facts) && roll(2) == 0)
      out[PersonalField::kDoctor] = "doctor " + std::to_string(roll(9));
    if (roll(2) == 0) out[PersonalField::kNote] = "note " + std::to_string(roll(99));
    if (rarely()) out[PersonalField::kTokenHash] = "token" + std::to_string(roll(9));
    return out;
  }

  void add_at(SiteNo origin, const AggregateId& aggregate, Facts facts, Place place) {
    sync::StreamHead& head = heads_[origin];
    now_ = Hlt{now_.v + (std::uint64_t{1 + roll(5'000)} << 16)};
    Envelope env;
    env.origin = origin;
    env.incarnation = IncarnationId::from("12345678").value_or(IncarnationId{});
    env.n = StreamPos{head.pos.v + 1};
    env.prev = head.chain;
    env.hlt = now_;
    env.type = type_of(facts);
    env.schema_version = kFactsSchemaVersion;
    env.aggregate = aggregate;
    env.term = OwnerTerm{place.term};
    env.seq = OwnerSeq{place.seq};
    const Bytes record = encode_record(env, encode_facts(facts), sealed(env, some_personal(facts)));
    head = {env.n, chain_of(head.chain, record)};
    story_.records.push_back({{origin, env.n, env.incarnation}, head.chain, record, aggregate});
  }

  Bytes sealed(const Envelope& env, const Personal& personal) {
    if (personal.empty()) return {};
    const auto [it, fresh] = story_.keys.try_emplace(env.aggregate);
    if (fresh) it->second = DataKey::random(random_);
    return seal(it->second, env.origin, env.n, env.aggregate, encode_personal(personal), random_);
  }

  Story story_;
  SeededRandom random_;
  std::mt19937_64 dice_;
  std::map<SiteNo, sync::StreamHead> heads_;
  Hlt now_{static_cast<std::uint64_t>(kMorning.v) << 16};
};

}  // namespace

Story draw_story(std::uint64_t seed, std::size_t events) { return Teller(seed).tell(events); }

}  // namespace opora::testing
