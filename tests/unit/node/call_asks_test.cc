// What may be asked of the call queue over the API: each ask is read as one, and what is wrong in
// it is told with its field.
#include "node/call_asks.h"

#include <gtest/gtest.h>

namespace opora::node {
namespace {

using namespace telephony;

SitePlan plan() {
  SitePlan out;
  out.calls.queues[QueueNo{1}] = {};
  out.calls.agents[AgentNo{201}] = {};
  out.calls.agents[AgentNo{7}] = {};
  out.names[AgentNo{7}] = "anna";
  out.calls.reserves[GroupNo{1}] = {};
  return out;
}

template <class What>
What asked(const std::string& body) {
  const auto wanted = read_ask(body, plan());
  EXPECT_TRUE(wanted.ok()) << body << ": " << wanted.error().path;
  EXPECT_TRUE(std::holds_alternative<What>(wanted->what)) << body;
  return std::get<What>(wanted->what);
}

std::string wrong(const std::string& body) {
  const auto wanted = read_ask(body, plan());
  return wanted.ok() ? "nothing" : wanted.error().path;
}

TEST(CallAsks, OfAnAgentAreRead) {
  asked<Hold>(R"({"do":"hold"})");
  asked<Resume>(R"({"do":"resume"})");
  asked<HangUpCall>(R"({"do":"hang_up"})");
  asked<ReadyAgain>(R"({"do":"ready_again"})");
  asked<CompleteTransfer>(R"({"do":"complete_transfer"})");
  asked<CancelConsult>(R"({"do":"cancel_consult"})");
  asked<Conference>(R"({"do":"conference"})");
  EXPECT_EQ(asked<PickUp>(R"({"do":"pick_up","call":"12"})").call, CallNo{12});
  EXPECT_EQ(asked<SetState>(R"({"do":"set_state","state":"break","reason":"rest"})").reason,
            protocol::BreakReason::kRest);
}

TEST(CallAsks, ToSomebodyElseHaveOneTarget) {
  EXPECT_EQ(
      std::get<ToAgent>(asked<Transfer>(R"({"do":"transfer","to":{"agent":"anna"}})").to).agent,
      AgentNo{7});
  EXPECT_EQ(std::get<ToCallers>(asked<Transfer>(R"({"do":"transfer","to":{"queue":1}})").to).queue,
            QueueNo{1});
  EXPECT_EQ(std::get<ToNumber>(
                asked<Consult>(R"({"do":"consult","to":{"number":"+7 (495) 123-45-67"}})").to)
                .number,
            "+74951234567");
  EXPECT_TRUE(std::holds_alternative<ToRegion>(
      asked<Transfer>(R"({"do":"transfer","to":{"region":true}})").to));
}

TEST(CallAsks, ADialledNumberIsCleanedOfWhatPeopleWrite) {
  const auto wanted = read_ask(R"({"do":"dial","number":"8 (495) 123-45-67"})", plan());
  ASSERT_TRUE(wanted.ok());
  EXPECT_EQ(wanted->number, "84951234567");
}

TEST(CallAsks, OfASupervisorAreMarkedAsSuch) {
  for (const char* body : {R"({"do":"set_state_of","agent":"201","state":"offline"})",
                           R"({"do":"lend","agent":"201","queue":1,"rank":2})",
                           R"({"do":"recall","agent":"201"})", R"({"do":"open_reserve","group":1})",
                           R"({"do":"close_reserve","group":1})", R"({"do":"listen","call":"3"})",
                           R"({"do":"whisper","call":"3"})", R"({"do":"take_over","call":"3"})"}) {
    const auto wanted = read_ask(body, plan());
    ASSERT_TRUE(wanted.ok()) << body << wanted.error().path;
    EXPECT_TRUE(wanted->supervisors) << body;
  }
  EXPECT_FALSE(read_ask(R"({"do":"hold"})", plan())->supervisors);
}

TEST(CallAsks, ThatAreWrongAreToldWithTheirField) {
  EXPECT_EQ(wrong("{}"), "do");
  EXPECT_EQ(wrong(R"({"do":"sing"})"), "do");
  EXPECT_EQ(wrong(R"({"do":"pick_up"})"), "call");
  EXPECT_EQ(wrong(R"({"do":"pick_up","call":"0"})"), "call");
  EXPECT_EQ(wrong(R"({"do":"pick_up","call":"7x"})"), "call");
  EXPECT_EQ(wrong(R"({"do":"transfer"})"), "to");
  EXPECT_EQ(wrong(R"({"do":"transfer","to":{}})"), "to");
  EXPECT_EQ(wrong(R"({"do":"transfer","to":{"queue":1,"agent":"201"}})"), "to");
  EXPECT_EQ(wrong(R"({"do":"transfer","to":{"agent":"202"}})"), "to.agent");
  EXPECT_EQ(wrong(R"({"do":"transfer","to":{"queue":2}})"), "to.queue");
  EXPECT_EQ(wrong(R"({"do":"transfer","to":{"region":false}})"), "to.region");
  EXPECT_EQ(wrong(R"({"do":"consult","to":{"queue":1}})"), "to.queue");
  EXPECT_EQ(wrong(R"({"do":"dial","number":"call me"})"), "number");
  EXPECT_EQ(wrong(R"x({"do":"dial","number":"( )"})x"), "number");
  EXPECT_EQ(wrong(R"({"do":"set_state","state":"break"})"), "reason");
  EXPECT_EQ(wrong(R"({"do":"set_state","state":"ready","reason":"rest"})"), "reason");
  EXPECT_EQ(wrong(R"({"do":"lend","agent":"201","queue":1,"rank":0})"), "rank");
  EXPECT_EQ(wrong(R"({"do":"open_reserve","group":2})"), "group");
  EXPECT_EQ(wrong(R"({"do":"hold","call":"7"})"), "call");
  EXPECT_EQ(wrong("["), "");
}

TEST(CallAsks, ARefusalNamesWhatIsToBlame) {
  EXPECT_EQ(refusal_error(Refusal::kNoCall).path, "call");
  EXPECT_EQ(refusal_error(Refusal::kBusy).path, "to");
  EXPECT_EQ(refusal_error(Refusal::kNotNow).path, "do");
  EXPECT_EQ(refusal_error(Refusal::kUnknown).path, "to");
  EXPECT_EQ(refusal_error(Refusal::kTooMany).code, Code::kTooMany);
  EXPECT_EQ(refusal_error(Refusal::kUnavailable).code, Code::kUnavailable);
}

}  // namespace
}  // namespace opora::node
