#include "node/call_desk.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include <spdlog/spdlog.h>

#include "node/telephony/call_rows.h"
#include "node/telephony/plan_file.h"
#include "web/app/live.h"
#include "web/app/password_file.h"
#include "web/app/people.h"
#include "web/app/timetables.h"

namespace opora::node {

using telephony::AgentNo;
using telephony::SitePlan;

namespace {

// How late an administrator's change, or a browser that came or went, may be seen.
constexpr std::int64_t kSecondLookMs = 1'000;

Result<std::string> read_file(const std::string& file, const char* option, std::size_t limit) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return invalid(option, file + ": cannot be read");
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) return invalid(option, file + ": too large");
  return text;
}

Error in_file(const char* option, const std::string& file, const Error& error) {
  const std::string path = error.path.empty() ? "" : error.path + ": ";
  return invalid(option, file + ": " + path + error.message);
}

std::array<std::filesystem::file_time_type, 2> written_at(const CallSettings& settings) {
  std::array<std::filesystem::file_time_type, 2> out{};
  std::error_code missing;  // leaves the time of no file
  out[0] = std::filesystem::last_write_time(settings.plan, missing);
  out[1] = std::filesystem::last_write_time(settings.ari, missing);
  return out;
}

}  // namespace

Result<SitePlan> CallDesk::read_plan(const CallSettings& settings, const Ports& ports) {
  const auto json = read_file(settings.plan, "call-plan", telephony::kMaxPlanBytes);
  if (!json.ok()) return json.error();
  const auto times = app::timetable_of(*ports.store.snapshot(), ports.zone);
  auto plan = telephony::read_plan(
      *json, [zone = ports.zone](TimeMs at) { return zone.offset_min(at); }, times.production());
  if (!plan.ok()) return in_file("call-plan", settings.plan, plan.error());
  return plan;
}

// Together: agents and menus of the plan have endpoints and sounds in the settings.
Result<CallDesk::Setup> CallDesk::read_setup(const CallSettings& settings, const Ports& ports) {
  auto plan = read_plan(settings, ports);
  if (!plan.ok()) return plan.error();
  const auto json = read_file(settings.ari, "ari", telephony::ari::kMaxSettingsBytes);
  if (!json.ok()) return json.error();
  auto pbx = telephony::ari::read_settings(*json, *plan, ports.site);
  if (!pbx.ok()) return in_file("ari", settings.ari, pbx.error());
  return Setup{std::make_shared<const SitePlan>(std::move(*plan)), std::move(*pbx)};
}

Result<std::unique_ptr<CallDesk>> CallDesk::open(const CallSettings& settings, Ports ports) {
  if (settings.ari.empty())
    return invalid("ari", "call-plan needs it: who carries the plan of calls out");
  auto setup = read_setup(settings, ports);
  if (!setup.ok()) return setup.error();
  auto password = app::read_password_file(settings.password_file, "ari-password-file");
  if (!password.ok()) return password.error();
  setup->pbx.remote.password = std::move(*password);
  auto desk =
      std::unique_ptr<CallDesk>(new CallDesk(settings, std::move(ports), std::move(*setup)));
  OPORA_TRY(desk->open_heartbeat());
  return desk;
}

CallDesk::CallDesk(CallSettings settings, Ports ports, Setup setup)
    : settings_(std::move(settings)),
      ports_(std::move(ports)),
      plan_(std::move(setup.plan)),
      read_at_(written_at(settings_)),
      recordings_(setup.pbx.remote),
      pbx_(std::move(setup.pbx.remote), setup.pbx.settings),
      shell_([this](sync::Command command) { ports_.engine.submit(std::move(command)); }, pbx_,
             plan_, ports_.phantom_ms, ports_.changed,
             [this] { return ports_.random.id<protocol::JourneyId>(); }) {}

CallDesk::~CallDesk() { stop(); }

Status CallDesk::open_heartbeat() {
  if (settings_.guard_beat.empty()) return ok_status();
  auto file = guard::BeatFile::open(settings_.guard_beat, "guard-beat");
  if (!file.ok()) return file.error();
  pbx_.set_lease(Heartbeat::lease(settings_.guard_silence_ms));
  heartbeat_.emplace(std::move(*file), guard::Beat{ports_.start, 0, settings_.guard_silence_ms},
                     pbx_, [this](auto answered) { ask_engine(std::move(answered)); });
  return ok_status();
}

void CallDesk::ask_engine(std::function<void(bool taken)> answered) {
  sync::Command command;
  command.answer_at = sync::AnswerAt::kSync;
  command.decide = [](sync::Decision&) { return Result<sync::Answer>(sync::Answer{}); };
  command.done = [answered = std::move(answered)](const Result<sync::Answer>& answer) {
    answered(answer.ok());
  };
  ports_.engine.submit(std::move(command));
}

void CallDesk::start() {
  shell_.start();
  pbx_.start(shell_);
  ticker_.emplace(telephony::CallShell::kEveryMs, [this] { look(); });
}

void CallDesk::stop() {
  ticker_.reset();
  pbx_.stop();
}

std::shared_ptr<const SitePlan> CallDesk::plan() const {
  const std::lock_guard lock(mutex_);
  return plan_;
}

std::optional<AgentNo> CallDesk::agent_of(const std::string& name) const {
  const auto plan = this->plan();
  const auto found = std::ranges::find_if(
      plan->calls.agents, [&](const auto& each) { return plan->name_of(each.first) == name; });
  return found == plan->calls.agents.end() ? std::nullopt : std::optional(found->first);
}

void CallDesk::look() {
  const TimeMs now = ports_.clock.now();
  shell_.look(now);
  if (heartbeat_) heartbeat_->look();
  if (std::abs(now - looked_at_) < kSecondLookMs) return;
  looked_at_ = now;
  look_at_plan();
  look_at_desks();
}

void CallDesk::look_at_plan() {
  const auto written = written_at(settings_);
  const bool other_files = written != read_at_;
  if (!read_again_.exchange(false) && !other_files) return;
  read_at_ = written;
  auto setup = read_setup(settings_, ports_);
  if (!setup.ok()) {
    spdlog::error("the plan of calls stays as it was: {}", setup.error().message);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    plan_ = setup->plan;
  }
  pbx_.set_settings(std::move(setup->pbx.settings));
  shell_.set_plan(setup->plan);
  if (other_files) spdlog::info("the plan of calls is another");
}

// Said again until the row has it: a core that was made anew from its rows takes every desk for
// lost.
void CallDesk::look_at_desks() {
  const auto rows = ports_.store.snapshot();
  std::set<AgentNo> here;
  for (const AggregateId& user : ports_.live.listeners()) {
    const auto entity = sync::read_entity(*rows, protocol::Kind::kUser, user);
    const auto* state = entity.as<protocol::UserState>();
    if (state == nullptr) continue;
    if (const auto agent = agent_of(app::agent_name(*state))) here.insert(*agent);
  }
  std::map<AgentNo, bool> there;
  for (const auto& each : telephony::read_rows(*rows).rows.agents)
    there.emplace(each.no, each.lost_at == TimeMs{});
  for (const AgentNo agent : here)
    if (const auto known = there.find(agent); known == there.end() || !known->second)
      shell_.desk_seen(agent);
  for (const auto& [agent, seen] : there)
    if (seen && !here.contains(agent)) shell_.desk_lost(agent);
}

}  // namespace opora::node
