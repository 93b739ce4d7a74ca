#include "tests/sim/region/workload.h"

#include <array>
#include <utility>

#include "protocol/base/archive.h"
#include "protocol/codec/record_codec.h"
#include "protocol/domain/deadlines.h"
#include "protocol/domain/support_code.h"
#include "sync/journal/files.h"

namespace opora::sim {

using testing::Saved;

namespace {

// After so long without an answer the browser asks again.
constexpr std::int64_t kPatienceMs = 4'000;
constexpr std::int64_t kAgainMinMs = 50;
constexpr std::int64_t kAgainMaxMs = 700;
constexpr std::uint64_t kAnswerLostPercent = 3;
constexpr std::uint64_t kOnceMorePercent = 8;

// Of sites; those of calendars come beside them.
constexpr std::array kZones = {"Europe/Moscow", "Asia/Vladivostok", "Europe/Kaliningrad",
                               "Asia/Kamchatka"};

// With another norm of reaction (V3).
const protocol::Topic kPrinter{"printer", "print", "tech", "Printer"};

AggregateId id_of(const std::string& name) { return id_from("sim", {name}); }

}  // namespace

Workload::Workload(Sim& sim, std::uint32_t sites, Find find)
    : sim_(sim), sites_(sites), find_(std::move(find)) {}

void Workload::plan(std::size_t commands, std::int64_t within_ms) {
  for (std::size_t i = 0; i < commands; ++i) {
    sim_.timeline.after(sim_.dice.between(0, within_ms), [this] { something(); });
  }
}

void Workload::plan_beginning() {
  begin({kHubSite, "rubricator", fresh("rubricator"), [] {
           return testing::publishing({{"appointment", "call", "doctor", "Appointment"}, kPrinter});
         }});
  for (std::uint32_t no = 1; no <= sites_; ++no) {
    protocol::SiteChanged facts;
    facts.site = SiteNo{no};
    facts.name = "Clinic " + std::to_string(no);
    facts.zone = kZones[no % kZones.size()];
    facts.desks = {{DeskNo{1}, "Desk"}};
    facts.link_key = Bytes(key_of_site(facts.site).view());
    facts.support_code = protocol::support_code_candidate(CommandId{}, no);
    begin({kHubSite, "site", fresh("site"),
           [facts, mail = officer_of(facts.site)] { return testing::changing_site(facts, mail); }});
  }
  for (std::uint8_t line = 1; line <= 3; ++line) plan_queue(line);
}

// Sites hear of a queue, and of its calendar, when the hub's stream brings them: what is registered
// before has no deadlines until the site says it again.
void Workload::plan_queue(std::uint8_t line) {
  calendar(line);
  protocol::QueueChanged facts;
  facts.id = "line-" + std::to_string(line);
  facts.name_ru = facts.name_en = facts.id;
  facts.line = line;
  facts.calendar = facts.id;
  for (std::size_t i = 0; i < protocol::kUrgencies; ++i)
    facts.norms[i] = protocol::default_norms(static_cast<protocol::Urgency>(i + 1));
  facts.reactions = {{"print", {30, protocol::NormUnit::kHours, protocol::Running::kRoundTheClock}},
                     {"", {60, protocol::NormUnit::kHours, protocol::Running::kWorkingTime}}};
  Task task{kHubSite, "queue", fresh("queue"), [facts] { return testing::changing_queue(facts); }};
  task.before = [this, line] { calendar(line); };
  begin(std::move(task));
}

void Workload::calendar(std::uint8_t line) {
  protocol::CalendarChanged facts;
  facts.id = "line-" + std::to_string(line);
  facts.name_ru = facts.name_en = facts.id;
  const auto from = static_cast<std::uint16_t>(sim_.dice.between(0, 12) * 60);
  const auto hours = [from](int begin, int end) {
    return protocol::DaySpan{static_cast<std::uint16_t>(from + begin * 60),
                             static_cast<std::uint16_t>(from + end * 60)};
  };
  // Line 2 has a break and a weekend; now and then a day is another.
  facts.hours.week.fill({hours(0, 8)});
  if (line == 2)
    facts.hours.week = {{{hours(0, 4), hours(5, 9)},
                         {hours(0, 4), hours(5, 9)},
                         {hours(0, 4), hours(5, 9)},
                         {hours(0, 4), hours(5, 9)},
                         {hours(0, 4), hours(5, 9)},
                         {},
                         {}}};
  if (sim_.dice.percent(50)) {
    const auto today = static_cast<std::int32_t>(kStart.v / protocol::kDayMs);
    const protocol::LocalDay day{today + static_cast<std::int32_t>(sim_.dice.between(0, 8))};
    facts.hours.own_days[day] = {hours(1, 3)};
  }
  if (line == 3) facts.zone = "Europe/Moscow";
  begin({kHubSite, "calendar", fresh("calendar"),
         [facts] { return testing::changing_calendar(facts); }});
}

// What desks say: of two clauses and two templates, another version of one.
void Workload::wording() {
  const std::size_t turn = asked_ % 4;
  const std::string id = turn % 2 == 0 ? "first" : "second";
  const std::string words = "Version of command " + std::to_string(asked_);
  if (turn < 2) {
    const protocol::CompetenceChanged facts{id, id, words, true, false};
    begin({kHubSite, "clause", fresh("clause"),
           [facts] { return testing::changing_competence(facts); }});
    return;
  }
  protocol::TemplateChanged facts;
  facts.id = facts.name = id;
  facts.text = words + " {who}";
  facts.fields = {{"who", protocol::Filling::kApplicant, {}}};
  begin({kHubSite, "template", fresh("template"),
         [facts] { return testing::changing_template(facts); }});
}

void Workload::begin(Task task) {
  ++asked_;
  task.name = task.key;
  open_.emplace(task.name, "nothing");
  const auto shared = std::make_shared<Task>(std::move(task));
  ledger_.asked.insert(key(*shared).id);
  attempt(shared);
}

sync::CommandKey Workload::key(const Task& task) { return testing::key_of(task.key, task.what); }

void Workload::again(const Shared& task, std::int64_t delay_ms) {
  sim_.timeline.after(delay_ms, [this, task] { attempt(task); });
}

void Workload::attempt(const Shared& task) {
  if (task->finished) return;
  const std::int64_t soon = sim_.dice.between(kAgainMinMs, kAgainMaxMs);
  Process* process = find_(task->site);
  if (process == nullptr || !process->running()) return again(task, soon);
  if (sim_.planted == Planted::kRetryWithNewKey && task->attempt > 0) task->key += "'";
  const std::uint64_t number = ++task->attempt;
  if (task->upload) upload(task, *process);
  else say(task, *process, task->make(), browser(task));
  sim_.timeline.after(kPatienceMs, [this, task, number] {
    if (task->attempt == number) attempt(task);
  });
}

// What takes an answer to whoever asked.
Workload::Done Workload::browser(const Shared& task) {
  return [this, task](Result<sync::Answer> answer) {
    if (sim_.dice.percent(kAnswerLostPercent)) return sim_.story.fault("answer lost");
    sim_.timeline.after(sim_.dice.between(0, 5),
                        [this, task, answer = std::move(answer)] { heard(task, answer); });
  };
}

void Workload::say(const Shared& task, Process& process, sync::Command command, Done done) {
  command.key = key(*task);
  command.actor = id_of("operator" + std::to_string(task->site.v));
  command.done = std::move(done);
  process.submit(std::move(command));
}

void Workload::heard(const Shared& task, Result<sync::Answer> answer) {
  if (task->finished) return;
  if (!answer.ok()) {
    const Error& error = answer.error();
    open_[task->name] = "at " + name_of(task->site) + ", " + error.path + " " + error.message;
    if (error.code == Code::kConflict && error.path == "Idempotency-Key") {
      // Done before the site was restored: as good as an answer.
      task->then = nullptr;
      return finish(task, Bytes());
    }
    // A new disk has no topics until the catalogue is there, a hub no calendar; by a clock that is
    // years behind a call is of another age. Whoever asked tries again.
    const bool too_early = error.path == "topic" || error.path == "calendar" || error.path == "at";
    // What was there is lost when the hub was restored.
    if (too_early && task->before && sim_.dice.percent(10)) task->before();
    if (error.code == Code::kUnavailable || error.code == Code::kTooMany || too_early) {
      return again(task, sim_.dice.between(kAgainMinMs, kAgainMaxMs));
    }
    ++ledger_.refused[task->what + ": " + error.message];
    task->finished = true;
    open_.erase(task->name);
    return;
  }
  finish(task, *answer);
}

void Workload::finish(const Shared& task, const Bytes& answer) {
  task->finished = true;
  open_.erase(task->name);
  ledger_.answered.push_back({task->site, key(*task).id, task->what, answer, task->may_be_empty});
  if (!task->then) return;
  task->then(answer);
  if (sim_.dice.percent(kOnceMorePercent)) ask_once_more(task, answer);
}

// A form that is sent a second time after its answer; and the same key with another form.
void Workload::ask_once_more(const Shared& task, const Bytes& answer) {
  sim_.timeline.after(sim_.dice.between(0, 9'000), [this, task, answer] {
    Process* process = find_(task->site);
    if (process == nullptr || !process->running()) return;
    sync::Command command = task->make();
    command.key = key(*task);
    const bool other_form = sim_.dice.percent(30);
    if (other_form) command.key->body = hash256({"another form"});
    command.done = [this, site = task->site, what = task->what, answer,
                    other_form](Result<sync::Answer> second) {
      if (!second.ok() && second.error().code == Code::kUnavailable) return;
      const bool restored = ledger_.restored.contains(site);  // an older store does it again
      if (other_form) {
        const bool refused = !second.ok() && (second.error().code == Code::kKeyReused ||
                                              second.error().code == Code::kConflict);
        if (!refused && !restored) sim_.story.wrong("a key was taken for another form: " + what);
      } else if (!restored && (!second.ok() || *second != answer)) {
        sim_.story.wrong("a repeated command got another answer: " + what);
      }
    };
    process->submit(std::move(command));
  });
}

void Workload::something() {
  if (sim_.dice.percent(12)) return at_hub();
  at_site(SiteNo{static_cast<std::uint32_t>(sim_.dice.between(1, sites_))});
}

void Workload::at_site(SiteNo site) {
  const std::int64_t dice = sim_.dice.between(0, 99);
  if (dice < 38) return contact(site);
  if (dice < 54) return ticket_action(site);
  if (dice < 88) return telephone(site);
  if (dice < 95) return problem(site);
  erase(site);
}

void Workload::at_hub() {
  const std::int64_t dice = sim_.dice.between(0, 99);
  if (dice < 50) return user();
  if (dice < 75) return problem(kHubSite);
  if (dice < 79) return erase_ticket();
  if (dice < 85) return erase(kHubSite);
  if (dice == 89) return wording();
  if (dice < 90) return calendar(static_cast<std::uint8_t>(sim_.dice.between(1, 3)));
  const std::string name = fresh("topic");
  begin({kHubSite, "rubricator", fresh("rubricator"), [name] {
           return testing::publishing({{"appointment", "call", "doctor", "Appointment"},
                                       kPrinter,
                                       {name, "call", "doctor", "Topic"}});
         }});
}

std::optional<AggregateId> Workload::first_user() const {
  return users_.empty() ? std::nullopt : std::optional(users_.front());
}

namespace {

// Every kind of contact, in every role, drawn from what is drawn already.
void ask(protocol::RegisterContact& form, std::uint64_t draw) {
  using protocol::PersonalField;
  form.asking.kind = static_cast<protocol::ContactKind>(draw % 7);
  form.asking.role = static_cast<protocol::ApplicantRole>(draw % 5);
  form.asking.facility_by = static_cast<protocol::FacilityBy>(draw % 2);
  if (form.asking.kind == protocol::ContactKind::kHouseCall) {
    form.personal[PersonalField::kAddress] = "ул. Мира, 5";
    form.personal[PersonalField::kTemperature] = "38.5";
  }
  if (form.asking.kind == protocol::ContactKind::kWaitingList)
    form.waits_for = {protocol::Speciality::kCardiologist, SiteNo{}};
  if (form.asking.kind == protocol::ContactKind::kWish)
    form.asking.wish = static_cast<protocol::WishSubject>(draw / 7 % 5);
  if (form.asking.kind == protocol::ContactKind::kHotLine) {
    form.asking.hot_line = static_cast<protocol::HotLine>(draw / 7 % 7);
    form.asking.passed_to = static_cast<protocol::PassedTo>(draw / 7 % 3);
    form.personal[PersonalField::kApplicant] = "Иванова Мария";
    form.personal[PersonalField::kBirthDate] = "1970-01-31";
  }
  if (form.asking.kind == protocol::ContactKind::kBooking)
    form.personal[PersonalField::kPhoneGiven] = "8913" + std::to_string(1'000'000 + draw);
}

}  // namespace

// Of some facilities nobody knows whom to write to.
std::string Workload::officer_of(SiteNo site) {
  return site.v % 2 == 0 ? "officer" + std::to_string(site.v) + "@clinic.example" : "";
}

// Returns the address at which letters are expected: the applicant's own, or of his facility's IT
// officer when the contact is of such a kind.
std::string Workload::leave_address(protocol::RegisterContact& form, std::int64_t draw) {
  if (draw % 3 == 0) {
    const std::string own = fresh("caller") + "@home.example";
    form.personal[protocol::PersonalField::kMail] = own;
    return own;
  }
  form.facility = SiteNo{static_cast<std::uint32_t>(draw) % (sites_ + 1)};
  const std::string officer = form.facility.v == 0 ? "" : officer_of(form.facility);
  if (!officer.empty()) form.officer = protocol::Officer::kHasAddress;
  using protocol::ContactKind;
  const ContactKind kind = form.asking.kind;
  const bool his =
      kind == ContactKind::kNone || kind == ContactKind::kSupport || kind == ContactKind::kWish;
  return his && form.asking.role != protocol::ApplicantRole::kCitizen ? officer : "";
}

void Workload::contact(SiteNo site) {
  const std::int64_t caller = sim_.dice.between(0, 40);
  const std::string phone = "8912" + std::to_string(1'000'000 + caller);
  const std::string summary = sim_.dice.percent(40) ? fresh("complaint ") : "";
  auto form = testing::contact_from(phone, summary);
  ask(form, static_cast<std::uint64_t>(caller));
  form.urgency = static_cast<protocol::Urgency>(sim_.dice.between(1, 4));
  if (caller % 3 == 1) form.topic = "printer";
  if (!problems_.empty() && sim_.dice.percent(10)) form.problem = problems_.back().first;
  const std::string mail = leave_address(form, caller);
  Task task{site, "contact", fresh("contact"), [form] { return testing::registering(form); }};
  ledger_.applicants[key(task).id] = mail;
  task.then = [this, site](const Bytes& answer) {
    const auto saved = from_row<Saved>(answer).value_or(Saved{});
    if (!saved.ticket.is_zero()) tickets_[site].push_back(saved.ticket);
    ledger_.contacts[saved.contact] = site;
  };
  begin(std::move(task));
}

// A ticket is found to be another's duplicate, or two; what it takes to do it is written down.
void Workload::tie(SiteNo site, const AggregateId& ticket) {
  const auto& known = tickets_[site];
  const AggregateId other = known[sim_.dice.next() % known.size()];
  if (sim_.dice.percent(40)) {
    Task merge{site, "merge", fresh("merge"), [=] { return testing::merging(ticket, other); }};
    merge.then = [=, this](const Bytes&) { solve(site, other); };
    return begin(std::move(merge));
  }
  if (sim_.dice.percent(20))
    return begin({site, "split", fresh("split"),
                  [=, part = fresh("part ")] { return testing::splitting(ticket, part); }});
  using What = protocol::TicketAction::What;
  constexpr std::array kWhat = {What::kUnmerge,    What::kUnmerge,    What::kAddItem,
                                What::kTickItem,   What::kUntickItem, What::kRemoveItem,
                                What::kLinkProblem};
  protocol::TicketAction action;
  action.what = kWhat[sim_.dice.next() % kWhat.size()];
  action.text = fresh("to do ");
  action.item = static_cast<std::uint16_t>(sim_.dice.between(1, 3));
  if (!problems_.empty()) action.problem = problems_.back().first;
  begin({site, "ticket", fresh("ticket"), [=] { return testing::acting(ticket, action); }});
}

// Whoever was told of a problem calls them back, once it is over.
void Workload::call_back(SiteNo site, const AggregateId& problem) {
  protocol::CallBack said;
  said.caller = id_of("caller" + std::to_string(sim_.dice.between(1, 5)));
  said.outcome = static_cast<protocol::CallOutcome>(sim_.dice.between(1, 3));
  begin({site, "call back", fresh("call back"),
         [=] { return testing::calling_back(problem, said); }});
}

// What a site's operators say of the calls that they made (A15).
void Workload::tell(SiteNo site, const AggregateId& ticket) {
  using protocol::ToldHow;
  std::optional<ToldHow> how;  // none: nobody answered, and he is called again
  if (sim_.dice.percent(70)) how = sim_.dice.percent(70) ? ToldHow::kPhoned : ToldHow::kNotReached;
  Task task{site, "told", fresh("told"), [=] { return testing::telling(ticket, how); }};
  task.may_be_empty = true;
  begin(std::move(task));
}

// By the region, whoever opened it, and beside what a site that is away says of it.
void Workload::edit_problem(const AggregateId& id) {
  protocol::OpenProblem problem;
  problem.site = SiteNo{1};
  problem.started_at = kStart;
  problem.personal[protocol::PersonalField::kName] = fresh("edited ");
  begin({kHubSite, "problem edited", fresh("edit"),
         [=] { return testing::editing_problem(id, problem); }});
}

void Workload::problem(SiteNo site) {
  if (sim_.dice.percent(15)) return notice(site);
  if (!problems_.empty() && sim_.dice.percent(40)) {
    const auto [id, where] = problems_[sim_.dice.next() % problems_.size()];
    if (sim_.dice.percent(40)) return call_back(site, id);
    if (sim_.dice.percent(50)) return edit_problem(id);
    return begin({where, "problem closed", fresh("close"),
                  [id = id] { return testing::closing_problem(id); }});
  }
  protocol::OpenProblem problem;
  problem.site = SiteNo{1};
  problem.started_at = kStart;
  problem.personal[protocol::PersonalField::kName] = fresh("problem ");
  const AggregateId id = id_of(fresh("problem"));
  Task task{site, "problem", fresh("problem"),
            [=] { return testing::opening_problem(id, problem); }};
  task.then = [this, id, site](const Bytes&) { problems_.emplace_back(id, site); };
  begin(std::move(task));
}

void Workload::erase(SiteNo site) {
  for (const auto& [contact, where] : ledger_.contacts) {
    if (site != kHubSite && where != site) continue;
    const AggregateId target = contact;
    ledger_.contacts.erase(contact);
    Task task{site, "erasure", fresh("erasure"),
              [target] { return testing::erasing({target}, "asked by the person"); }};
    task.then = [this, target, site, by = key(task).id](const Bytes&) {
      ledger_.erased[target] = {site, by};
    };
    return begin(std::move(task));
  }
}

// Users are made, move between sites, and leave them.
void Workload::user() {
  const bool known = !users_.empty() && sim_.dice.percent(60);
  const std::string name = fresh("user");
  const AggregateId id = known ? users_[sim_.dice.next() % users_.size()] : id_of(name);
  protocol::ChangeUser change;
  change.facts.login = "u" + id.hex().substr(0, 12);
  change.facts.roles = 1;
  for (std::uint32_t no = 1; no <= sites_; ++no) {
    if (sim_.dice.percent(35)) change.facts.sites.push_back(SiteNo{no});
  }
  change.personal[protocol::PersonalField::kName] = name;
  for (const SiteNo site : change.facts.sites) ledger_.user_sites[id].insert(site);
  Task task{kHubSite, "user", fresh("user change"),
            [=] { return testing::changing_user(id, change); }};
  task.then = [this, id, known](const Bytes&) {
    if (!known) users_.push_back(id);
  };
  begin(std::move(task));
}

}  // namespace opora::sim
