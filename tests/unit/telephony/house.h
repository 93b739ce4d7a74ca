// A hospital with its call queue over a real engine and a PBX that is only told of: callers,
// phones, kills in between. One thread; what the PBX has to say waits until the test lets it speak.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/telephony/call_rows.h"
#include "node/telephony/call_shell.h"
#include "tests/support/call_plan.h"
#include "tests/support/region.h"
#include "tests/unit/call_queue/watch.h"

namespace opora::testing {

// Carries out what it is told, as far as Watch models it.
class ToldPbx final : public CallControl {
 public:
  bool can(Ability) const override { return true; }
  void carry_out(const Commands& commands) override;
  void look_again() override { ++looks; }
  void set_number(CallNo call, const std::string& number) override { numbers[call] = number; }
  // All that it has.
  Reconciled snapshot() const;

  Watch watch;
  Commands told;
  std::map<CallNo, std::string> numbers;
  int looks = 0;
};

// When the process ends, of a command.
enum class Dies : std::uint8_t { kNot, kBeforeTheCommit, kAfterIt };

class House {
 public:
  explicit House(const Plan& plan = hospital_plan());

  // What happens at the PBX, and what people want; a process that dies is started again.
  void happens(const Event& event, Dies dies = Dies::kNot);
  void comes(CallNo call, const std::string& line, const std::string& number);
  std::optional<Refusal> asks(std::uint32_t agent, Ask what);
  void takes(std::uint32_t agent);
  void hangs_up(CallNo call) { happens(LegEnded{call, kPerson, LegEnd::kHungUp}); }
  void passes(std::int64_t ms);
  void plan_is(const Plan& plan);
  // The process ends and comes back; then, unless it is told not to, it looks at the PBX.
  void restarts();
  void looks() { happens(pbx.snapshot()); }

  const Core& core() const { return *shell->core(); }
  Phase phase(CallNo call) const { return core().floor().calls.at(call).phase; }
  // "queued 17:00:00 line1, answered 17:00:04 line1 by 100": what the journal has of a call.
  std::vector<std::string> told_of(CallNo call);
  std::vector<protocol::CallState> journal();
  StoredRows rows() { return read_rows(*site.store().snapshot()); }

  ManualClock clock;
  TestSite site{SiteNo{3}, clock};
  ToldPbx pbx;
  std::unique_ptr<CallShell> shell;
  // What the engine answers instead of taking the next commands.
  std::vector<Error> refuses;

 private:
  void start();
  void submit(sync::Command command);

  CallShell::SharedPlan plan_;
  Dies dies_ = Dies::kNot;
  bool pbx_hears_ = true;
};

// Floor by floor; empty: the same rows.
std::string differs(const Core& one, const Core& other);

}  // namespace opora::testing
