// Rows of the call queue as a damaged store returns them: what is read can be written and read
// again as the same, and a core that is made from it goes on without anybody in two calls.
#include "node/telephony/queue/core.h"
#include "node/telephony/queue/rows.h"
#include "protocol/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/support/call_plan.h"

using namespace opora;
using namespace opora::telephony;

namespace {

// Whatever its rows say, a core looks at the PBX and takes the next call.
void go_on(Core::Rows rows) {
  static const Plan kPlan = testing::hospital_plan();
  Core core(std::move(rows));
  const TimeMs now{1'795'442'400'000};
  core.step(kPlan, Restarted{}, now);
  core.step(kPlan, Reconciled{}, now);
  OPORA_CHECK(core.floor().calls.size() <= 1);
  core.step(kPlan, Arrived{CallNo{77}, "desk"}, now);
  core.step(kPlan, Tick{}, now + 3'600'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  Core::Rows rows;
  if (const auto call = decode_call(bytes)) {
    OPORA_CHECK(decode_call(encode(*call)) == call);
    rows.calls.push_back(*call);
  }
  if (const auto agent = decode_agent(bytes)) {
    OPORA_CHECK(decode_agent(encode(*agent)) == agent);
    rows.agents.push_back(*agent);
  }
  if (const auto figures = decode_figures(bytes)) {
    OPORA_CHECK(decode_figures(encode(*figures)) == figures);
    rows.figures.push_back(*figures);
  }
  go_on(std::move(rows));
  return 0;
}
