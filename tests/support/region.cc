#include "tests/support/region.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "protocol/base/archive.h"
#include "protocol/base/check.h"
#include "protocol/domain/telling.h"
#include "sync/projection/catalogues.h"

namespace opora::testing {

using protocol::Kind;
using sync::Answer;
using sync::Command;
using sync::Decision;
using sync::Entry;
using sync::Stream;
using sync::StreamHead;
using sync::Table;

namespace {

constexpr std::uint32_t kPhantomMs = 5'000;

// A command that emits what one decide() returns and answers nothing.
template <class Decide>
Command emitting(Decide decide) {
  Command command;
  command.done = [](Result<Answer>) {};
  command.decide = [decide = std::move(decide)](Decision& decision) -> Result<Answer> {
    auto drafts = decide(decision);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return Answer{};
  };
  return command;
}

template <class T>
const T* loaded(Decision& decision, Kind kind, const AggregateId& id) {
  return decision.load(kind, id).as<T>();
}

// The decision's context with the catalogues as they are there.
class Timed {
 public:
  explicit Timed(Decision& decision)
      : times_(sync::read_timetable(decision.rows(), *zone_named("Europe/Moscow"), zone_named)),
        context_(decision.context()) {
    context_.times = &times_;
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  const protocol::DecideContext& context() const { return context_; }

 private:
  protocol::Timetable times_;
  protocol::DecideContext context_;
};

template <class State, class Change>
Command changing_catalogue(Kind kind, const AggregateId& id, Change change) {
  return emitting([kind, id, change = std::move(change)](Decision& decision) {
    const auto* before = loaded<State>(decision, kind, id);
    Change next = change;
    if (before != nullptr) next.base = before->seq;
    if constexpr (std::is_same_v<Change, protocol::ChangeQueue>) {
      const auto* calendar = loaded<protocol::CalendarState>(
          decision, Kind::kCalendar, protocol::calendar_aggregate(next.facts.calendar));
      return protocol::decide(next, before, calendar, decision.context());
    } else {
      return protocol::decide(next, before, decision.context());
    }
  });
}

}  // namespace

std::optional<protocol::ZoneOffset> zone_named(const std::string& name) {
  static const std::map<std::string, std::int16_t> kEast = {
      {"Asia/Kamchatka", 720}, {"Asia/Vladivostok", 600}, {"Europe/Kaliningrad", 120}};
  const auto found = kEast.find(name);
  const std::int16_t east = found == kEast.end() ? std::int16_t{180} : found->second;
  return [east](TimeMs) { return east; };
}

void SeededRandom::fill(void* out, std::size_t size) {
  auto* bytes = static_cast<std::uint8_t*>(out);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(engine_());
}

sync::CommandKey key_of(std::string_view idempotency_key, std::string_view body) {
  return {CommandId::from(id_from("test", {idempotency_key}).view()).value_or(CommandId{}),
          hash256({body})};
}

Command registering(protocol::RegisterContact contact) {
  Command command;
  command.done = [](Result<Answer>) {};
  command.decide = [contact = std::move(contact)](Decision& decision) -> Result<Answer> {
    const auto* problem = loaded<protocol::ProblemState>(decision, Kind::kProblem, contact.problem);
    const auto* rubricator =
        loaded<protocol::RubricatorState>(decision, Kind::kRubricator, protocol::rubricator_id());
    const Timed timed(decision);
    auto out = protocol::decide(contact, rubricator, problem, decision.next_ticket_counter(),
                                timed.context());
    if (!out.ok()) return out.error();
    decision.emit(std::move(out->drafts));
    return to_row(Saved{out->contact, out->ticket, out->counter});
  };
  return command;
}

Command observing(protocol::ObserveCall call) {
  return emitting([call = std::move(call)](Decision& decision) {
    const auto context = decision.context();
    const auto id = protocol::call_aggregate(context.site, call.source, call.call_id);
    return protocol::decide(call, loaded<protocol::CallState>(decision, Kind::kCall, id),
                            kPhantomMs, context);
  });
}

Command acting(const AggregateId& ticket, protocol::TicketAction action) {
  return emitting([ticket, action = std::move(action)](Decision& decision) {
    const Timed timed(decision);
    const auto* rubricator =
        loaded<protocol::RubricatorState>(decision, Kind::kRubricator, protocol::rubricator_id());
    return protocol::decide(action, decision.load(Kind::kTicket, ticket), timed.context(),
                            rubricator);
  });
}

Command merging(const AggregateId& ticket, const AggregateId& into) {
  return emitting([ticket, into](Decision& decision) {
    const Timed timed(decision);
    protocol::TicketAction action;
    action.what = protocol::TicketAction::What::kMerge;
    action.into = protocol::merge_target(decision.load(Kind::kTicket, into), 0);
    return protocol::decide(action, decision.load(Kind::kTicket, ticket), timed.context());
  });
}

Command splitting(const AggregateId& ticket, std::string summary) {
  return emitting([ticket, summary = std::move(summary)](Decision& decision) {
    const Timed timed(decision);
    const protocol::Entity origin = decision.load(Kind::kTicket, ticket);
    protocol::SplitTicket split;
    split.summary = summary;
    auto made =
        protocol::decide(split, origin, nullptr, decision.next_ticket_counter(), timed.context());
    if (!made.ok()) return Result<protocol::Drafts>(made.error());
    return Result<protocol::Drafts>(std::move(made->drafts));
  });
}

Command calling_back(const AggregateId& problem, protocol::CallBack said) {
  return emitting([problem, said](Decision& decision) {
    return protocol::decide(said, problem,
                            loaded<protocol::ProblemState>(decision, Kind::kProblem, problem),
                            decision.context());
  });
}

Command saying_of_kind(const AggregateId& ticket, OfKind said) {
  return emitting([ticket, said = std::move(said)](Decision& decision) {
    const Timed timed(decision);
    const auto& entity = decision.load(Kind::kTicket, ticket);
    return std::visit(
        [&](const auto& one) { return protocol::decide(one, entity, timed.context()); }, said);
  });
}

Command changing_notice(const AggregateId& id, protocol::ChangeFacilityNotice notice) {
  return emitting([id, notice = std::move(notice)](Decision& decision) {
    const auto* known = loaded<protocol::FacilityNoticeState>(decision, Kind::kFacilityNotice, id);
    protocol::ChangeFacilityNotice next = notice;
    if (known != nullptr) next.base = known->seq;
    return protocol::decide(next, id, known, decision.context());
  });
}

Command passing_moment(const AggregateId& ticket) {
  return emitting([ticket](Decision& decision) {
    const Timed timed(decision);
    return Result<protocol::Drafts>(protocol::decide_moment(
        decision.load(Kind::kTicket, ticket), protocol::ClockTrust::kConfirmed, timed.context()));
  });
}

Command retiming(const AggregateId& ticket) {
  return emitting([ticket](Decision& decision) {
    const Timed timed(decision);
    return Result<protocol::Drafts>(
        protocol::decide_times(decision.load(Kind::kTicket, ticket), timed.context()));
  });
}

Command telling(const AggregateId& ticket, std::optional<protocol::ToldHow> how) {
  return emitting([ticket, how](Decision& decision) {
    const Timed timed(decision);
    const auto& entity = decision.load(Kind::kTicket, ticket);
    const auto* state = entity.as<protocol::TicketState>();
    if (state == nullptr || state->tellings.empty())
      return Result<protocol::Drafts>(protocol::Drafts{});
    const protocol::Telling& first = state->tellings.front();
    if (!how)
      return protocol::decide(
          protocol::TryCall{first.term, first.seq, protocol::CallTry::kNoAnswer, {}, "занято"},
          entity, timed.context());
    protocol::TellApplicant told;
    told.term = first.term;
    told.seq = first.seq;
    told.how = *how;
    told.whom = protocol::ToldWhom::kApplicant;
    if (how == protocol::ToldHow::kToPhone) told.why = protocol::TellTrouble::kRefused;
    if (how == protocol::ToldHow::kMailed) told.sent_to = "anna@clinic.example";
    return protocol::decide(told, entity, timed.context());
  });
}

Command changing_calendar(protocol::CalendarChanged facts) {
  const AggregateId id = protocol::calendar_aggregate(facts.id);
  return changing_catalogue<protocol::CalendarState>(
      Kind::kCalendar, id, protocol::ChangeCalendar{std::move(facts), {}});
}

Command changing_queue(protocol::QueueChanged facts) {
  const AggregateId id = protocol::queue_aggregate(facts.id);
  return changing_catalogue<protocol::QueueState>(Kind::kQueue, id,
                                                  protocol::ChangeQueue{std::move(facts), {}});
}

Command changing_competence(protocol::CompetenceChanged facts) {
  const AggregateId id = protocol::competence_aggregate(facts.id);
  return changing_catalogue<protocol::CompetenceState>(
      Kind::kCompetence, id, protocol::ChangeCompetence{std::move(facts), {}});
}

Command changing_template(protocol::TemplateChanged facts) {
  const AggregateId id = protocol::template_aggregate(facts.id);
  return emitting([id, facts = std::move(facts)](Decision& decision) {
    const auto* known = loaded<protocol::TemplateState>(decision, Kind::kTemplate, id);
    const protocol::ChangeTemplate command{facts, known != nullptr ? known->seq : OwnerSeq{}};
    return protocol::decide(command, known, nullptr, decision.context());
  });
}

Command opening_problem(const AggregateId& id, protocol::OpenProblem problem) {
  return emitting([id, problem = std::move(problem)](Decision& decision) {
    return protocol::decide(problem, id,
                            loaded<protocol::ProblemState>(decision, Kind::kProblem, id),
                            decision.context());
  });
}

Command editing_problem(const AggregateId& id, protocol::OpenProblem problem) {
  return emitting(
      [id, problem = std::move(problem)](Decision& decision) -> Result<protocol::Drafts> {
        const auto* known = loaded<protocol::ProblemState>(decision, Kind::kProblem, id);
        if (known == nullptr) return Error{Code::kNotFound, "id", "no such problem"};
        return protocol::decide(problem, id, known, decision.context());
      });
}

Command affecting(const AggregateId& problem, protocol::AffectProblem affected) {
  return emitting([problem, affected = std::move(affected)](Decision& decision) {
    return protocol::decide(affected, problem,
                            loaded<protocol::ProblemState>(decision, Kind::kProblem, problem),
                            decision.context());
  });
}

Command closing_problem(const AggregateId& problem) {
  return emitting([problem](Decision& decision) {
    return protocol::decide(protocol::CloseProblem{}, problem,
                            loaded<protocol::ProblemState>(decision, Kind::kProblem, problem),
                            decision.context());
  });
}

Command changing_user(const AggregateId& id, protocol::ChangeUser user) {
  return emitting([id, user = std::move(user)](Decision& decision) {
    return protocol::decide(user, id, loaded<protocol::UserState>(decision, Kind::kUser, id),
                            decision.context());
  });
}

Command changing_site(protocol::SiteChanged facts, std::string mail) {
  protocol::ChangeSite change{std::move(facts), {}};
  if (!mail.empty()) change.personal[protocol::PersonalField::kMail] = std::move(mail);
  return emitting([change = std::move(change)](Decision& decision) {
    const auto id = protocol::site_aggregate(change.facts.site);
    return protocol::decide(change, loaded<protocol::SiteState>(decision, Kind::kSite, id),
                            decision.context());
  });
}

Command publishing(std::vector<protocol::Topic> topics) {
  return emitting([topics = std::move(topics)](Decision& decision) {
    const auto* before =
        loaded<protocol::RubricatorState>(decision, Kind::kRubricator, protocol::rubricator_id());
    const std::uint32_t base = before == nullptr ? 0 : before->version;
    return protocol::decide(protocol::PublishRubricator{topics, base}, before, decision.context());
  });
}

Command setting_agent(protocol::SetAgentState agent) {
  return emitting([agent = std::move(agent)](Decision& decision) {
    return protocol::decide(agent, decision.context());
  });
}

Command erasing(std::vector<AggregateId> targets, std::string basis) {
  return emitting([erase = protocol::Erase{std::move(targets), std::move(basis)}](
                      Decision& decision) { return protocol::decide(erase, decision.context()); });
}

protocol::RegisterContact contact_from(std::string phone, std::string summary) {
  protocol::RegisterContact contact;
  contact.topic = "appointment";
  contact.personal[protocol::PersonalField::kPhone] = std::move(phone);
  contact.personal[protocol::PersonalField::kApplicant] = "Петрова Анна";
  if (!summary.empty()) {
    contact.outcome = protocol::Outcome::kTicket;
    contact.urgency = protocol::Urgency::kMedium;
    contact.personal[protocol::PersonalField::kSummary] = std::move(summary);
  }
  return contact;
}

protocol::ObserveCall step(std::string call_id, std::uint32_t seq, protocol::CallStep what,
                           std::int64_t at_s, std::string agent) {
  protocol::ObserveCall call;
  call.source = "pbx1";
  call.call_id = std::move(call_id);
  call.seq = seq;
  call.step = what;
  call.at = kMorning + at_s * 1'000;
  call.agent = std::move(agent);
  if (what == protocol::CallStep::kQueued) call.phone = "8 (912) 345-67-89";
  return call;
}

TestSite::TestSite(SiteNo no, const ManualClock& clock, std::uint64_t machine)
    : no_(no),
      clock_(clock),
      random_(no.v + 1 + machine),
      site_key_(protocol::SiteKey::random(random_)) {
  reopen();
}

void TestSite::reopen() {
  core_.reset();
  store_.reopen();
  sync::EngineSettings settings{no_, site_key_, [](TimeMs) { return std::int16_t{180}; },
                                vocabulary_};
  auto core = sync::EngineCore::open(store_, std::move(settings), clock_, random_, observer_);
  OPORA_CHECK(core.ok());
  core_ = std::move(*core);
}

void TestSite::become(protocol::Vocabulary vocabulary) {
  vocabulary_ = std::move(vocabulary);
  reopen();
}

void TestSite::read_unread() {
  while (core_->has_readable()) OPORA_CHECK(core_->read_unread().ok());
}

Result<Answer> run_in(sync::EngineCore& core, Command command) {
  std::vector<Command> commands;
  commands.push_back(std::move(command));
  return std::move(run_group_in(core, std::move(commands)).front());
}

std::vector<Result<Answer>> run_group_in(sync::EngineCore& core, std::vector<Command> commands) {
  std::vector<Result<Answer>> answers(commands.size(),
                                      Error{Code::kInternal, "", "never answered"});
  for (std::size_t i = 0; i < commands.size(); ++i) {
    commands[i].done = [&answers, i, first = true](Result<Answer> answer) mutable {
      OPORA_CHECK(std::exchange(first, false));
      answers[i] = std::move(answer);
    };
  }
  (void)core.run(commands, {});
  return answers;
}

Result<Answer> TestSite::run(Command command) { return run_in(*core_, std::move(command)); }

std::vector<Result<Answer>> TestSite::run_group(std::vector<Command> commands) {
  return run_group_in(*core_, std::move(commands));
}

Saved TestSite::save(protocol::RegisterContact contact) {
  const auto answer = run(registering(std::move(contact)));
  return from_row<Saved>(answer.value()).value_or(Saved{});
}

void TestSite::observe(protocol::ObserveCall call) { must(observing(std::move(call))); }

void TestSite::must(Command command) { (void)run(std::move(command)).value(); }

std::vector<Entry> TestSite::outgoing(Stream stream) {
  const auto rows = store_.snapshot();
  std::vector<Entry> out;
  if (!sync::carries_keys(stream)) {
    sync::scan_journal(*rows, no_, StreamPos{1}, [&](const sync::JournalRow& row) {
      out.push_back({row.ref.n, row.chain, row.record});
      return true;
    });
    return out;
  }
  sync::scan_stream(
      *rows, Stream::kJournalKeys, no_, StreamPos{1}, [&](const sync::StreamRow& row) {
        const auto aggregate = AggregateId::from(row.payload).value_or(AggregateId{});
        const auto key = core_->vault().find(*rows, aggregate);
        out.push_back({row.pos, row.chain, row.payload + (key ? Bytes(key->view()) : Bytes())});
        return true;
      });
  return out;
}

Result<StreamHead> TestSite::receive(Stream stream, SiteNo peer, std::vector<Entry> entries) {
  std::optional<Result<StreamHead>> answer;
  sync::ReceivedBatch batch;
  batch.stream = stream;
  batch.peer = peer;
  batch.entries = std::move(entries);
  batch.done = [&](Result<StreamHead> head) {
    OPORA_CHECK(!answer);
    answer = std::move(head);
  };
  std::vector<Command> none;
  while (!answer) {
    const std::size_t before = batch.applied;
    const bool ok = core_->run(none, std::array{&batch}).ok();
    OPORA_CHECK(answer || (ok && batch.applied > before));
  }
  return *answer;
}

protocol::Entity TestSite::entity(Kind kind, const AggregateId& id) {
  return sync::read_entity(*store_.snapshot(), kind, id);
}

std::string TestSite::personal(Kind kind, const AggregateId& id, protocol::PersonalField field) {
  return entity(kind, id).personal.text(field);
}

std::vector<std::string> TestSite::rows(Table table) {
  std::vector<std::string> out;
  store_.snapshot()->scan(table, "", "", [&](std::string_view key, std::string_view value) {
    out.push_back(std::to_string(static_cast<int>(table)) + " " + to_hex(key) + " " +
                  to_hex(value));
    return true;
  });
  return out;
}

std::vector<std::string> TestSite::projection_rows() {
  std::vector<std::string> out;
  for (const Table table :
       {Table::kEntity, Table::kPersonal, Table::kIndex, Table::kCube, Table::kHistory}) {
    const auto more = rows(table);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::vector<Entry> as_stream(std::vector<Entry> entries, Stream stream) {
  StreamHead head;
  for (Entry& entry : entries) {
    const std::string_view bytes = entry.bytes;
    const auto input = sync::carries_keys(stream) ? bytes.substr(0, sizeof(AggregateId)) : bytes;
    head = {StreamPos{head.pos.v + 1}, hash256({head.chain.view(), input})};
    entry.pos = head.pos;
    entry.chain = head.chain;
  }
  return entries;
}

void replicate(TestSite& from, TestSite& to) {
  const bool up = to.no() == kHubSite;
  const Stream stream = up ? Stream::kJournal : Stream::kCommon;
  for (const Stream each : {stream, sync::keys_of(stream)}) {
    const Stream source = sync::carries_keys(each) ? Stream::kJournalKeys : Stream::kJournal;
    auto entries = from.outgoing(source);
    if (entries.empty()) continue;
    const auto head = to.receive(each, from.no(), up ? entries : as_stream(entries, each));
    OPORA_CHECK(head.ok());
  }
}

}  // namespace opora::testing
