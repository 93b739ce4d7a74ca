#include "node/call_monitor.h"

#include <fstream>
#include <utility>

#include "node/monitor_journal.h"
#include "web/app/password_file.h"

namespace opora::node {

namespace ami = telephony::ami;

namespace {

Result<ami::Settings> read_setup(const MonitorSettings& settings) {
  std::ifstream in(settings.ami, std::ios::binary);
  if (!in) return invalid("ami", settings.ami + ": cannot be read");
  std::string text(ami::kMaxSettingsBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto setup = ami::read_settings(text);
  if (setup.ok()) return setup;
  const std::string path = setup.error().path.empty() ? "" : setup.error().path + ": ";
  return invalid("ami", settings.ami + ": " + path + setup.error().message);
}

}  // namespace

Result<std::unique_ptr<CallMonitor>> CallMonitor::open(const MonitorSettings& settings,
                                                       Ports ports) {
  auto setup = read_setup(settings);
  if (!setup.ok()) return setup.error();
  auto password = app::read_password_file(settings.password_file, "ami-password-file");
  if (!password.ok()) return password.error();
  setup->remote.password = std::move(*password);
  return std::unique_ptr<CallMonitor>(new CallMonitor(*setup, std::move(ports)));
}

CallMonitor::CallMonitor(const ami::Settings& settings, Ports ports)
    : ports_(std::move(ports)), observer_(settings), pbx_(settings.remote) {}

CallMonitor::~CallMonitor() { stop(); }

void CallMonitor::start() { pbx_.start(*this); }

void CallMonitor::stop() { pbx_.stop(); }

bool CallMonitor::tells_of(const std::string& agent) const {
  const std::lock_guard lock(mutex_);
  return agents_.contains(agent);
}

// Also what was told before a cut and not taken: the journal has the last word.
void CallMonitor::reconcile(const ami::Snapshot& all) {
  observer_.forget();
  for (const OpenCall& each : open_calls(*ports_.store.snapshot(), ports_.site))
    observer_.know(each.call_id, each.step, each.agent);
  tell(observer_.reconcile(all, ports_.clock.now()));
}

void CallMonitor::hear(const ami::Packet& event) {
  tell(observer_.hear(event, ports_.clock.now()));
}

void CallMonitor::hears(bool comes) {
  hears_ = comes;
  ports_.changed();
}

void CallMonitor::tell(ami::AllTold all) {
  if (all.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    for (const ami::Told& each : all)
      if (const auto* agent = std::get_if<ami::ToldAgent>(&each)) agents_.insert(agent->agent);
  }
  sync::Command command;
  command.answer_at = sync::AnswerAt::kSync;
  command.decide = [all = std::move(all), phantom_ms = ports_.phantom_ms](auto& decision) {
    tell_journal(decision, all, phantom_ms);
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [this](const Result<sync::Answer>& answer) {
    if (!answer.ok()) pbx_.begin_anew();
  };
  ports_.engine.submit(std::move(command));
}

}  // namespace opora::node
