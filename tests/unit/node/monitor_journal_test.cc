// What a watched telephone system tells, in a site's journal (T13, T5, O7).
#include "node/monitor_journal.h"

#include <gtest/gtest.h>

#include "protocol/domain/call_back.h"
#include "protocol/domain/call_summary.h"
#include "sync/projection/projection.h"
#include "tests/support/region.h"

namespace opora::node {
namespace {

using protocol::CallBackEnd;
using protocol::CallStep;
using protocol::Kind;
using telephony::ami::AllTold;
using telephony::ami::ToldAgent;
using telephony::ami::ToldCall;

constexpr std::uint32_t kPhantomMs = 5'000;
constexpr std::int64_t kMinute = 60'000;
const std::string kNumber = "+79120000001";

class JournalOfMonitor : public ::testing::Test {
 protected:
  void told(AllTold all) {
    sync::Command command;
    command.decide = [all = std::move(all)](sync::Decision& decision) {
      tell_journal(decision, all, kPhantomMs);
      return Result<sync::Answer>(sync::Answer{});
    };
    site_.must(std::move(command));
  }
  void call(const std::string& id, CallStep step, const std::string& agent = "") {
    told({ToldCall{id, step, clock_.now(), DeskNo{1}, "Регистратура", agent, kNumber}});
  }
  void is_lost(const std::string& id) {
    call(id, CallStep::kQueued);
    clock_.advance(kMinute);
    call(id, CallStep::kEnded);
  }
  AggregateId call_id(const std::string& id) const {
    return protocol::call_aggregate(site_.no(), kMonitorSource, id);
  }
  protocol::CallBackState call_back_of(const std::string& id) {
    const auto task =
        site_.entity(Kind::kCallBack, protocol::call_back_aggregate(site_.no(), call_id(id)));
    const auto* state = task.as<protocol::CallBackState>();
    return state == nullptr ? protocol::CallBackState{} : *state;
  }

  testing::ManualClock clock_;
  testing::TestSite site_{SiteNo{1}, clock_};
};

TEST_F(JournalOfMonitor, ALostCallOwesACallBackAndATalkSettlesIt) {
  is_lost("a");
  is_lost("b");
  EXPECT_EQ(call_back_of("a").asked, 2U);
  EXPECT_TRUE(protocol::is_open(call_back_of("a")));
  call("c", CallStep::kQueued);
  call("c", CallStep::kAnswered, "201");
  EXPECT_EQ(protocol::end_of(call_back_of("a")), CallBackEnd::kGotThrough);
}

TEST_F(JournalOfMonitor, ACallThatHasEndedHearsNoMore) {
  is_lost("a");
  const auto before = site_.rows(sync::Table::kEntity);
  call("a", CallStep::kAnswered, "201");
  EXPECT_EQ(site_.rows(sync::Table::kEntity), before);
}

TEST_F(JournalOfMonitor, ShowsWhichCallsHaveNotEnded) {
  is_lost("a");
  call("b", CallStep::kQueued);
  call("b", CallStep::kRinging, "201");
  const auto open = open_calls(*site_.store().snapshot(), site_.no());
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.front().call_id, "b");
  EXPECT_EQ(open.front().step, CallStep::kRinging);
  EXPECT_EQ(open.front().agent, "201");
}

TEST_F(JournalOfMonitor, AStateIsToldOnce) {
  const ToldAgent ready{"201", protocol::AgentState::kReady, {}, DeskNo{1}};
  told({ready});
  const auto before = site_.rows(sync::Table::kEntity);
  clock_.advance(kMinute);
  told({ready});
  EXPECT_EQ(site_.rows(sync::Table::kEntity), before);
}

}  // namespace
}  // namespace opora::node
