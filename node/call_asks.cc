#include "node/call_asks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "web/app/names.h"
#include "web/server/json_reader.h"

namespace opora::node {

using telephony::AgentNo;
using telephony::CallNo;
using telephony::CancelConsult;
using telephony::CloseReserve;
using telephony::CompleteTransfer;
using telephony::Conference;
using telephony::Consult;
using telephony::DialOut;
using telephony::GroupNo;
using telephony::HangUpCall;
using telephony::Hold;
using telephony::LegRole;
using telephony::Lend;
using telephony::Monitor;
using telephony::OpenReserve;
using telephony::PickUp;
using telephony::QueueNo;
using telephony::Rank;
using telephony::ReadyAgain;
using telephony::Recall;
using telephony::Refusal;
using telephony::Resume;
using telephony::SetState;
using telephony::SetStateOf;
using telephony::SitePlan;
using telephony::Target;
using telephony::ToAgent;
using telephony::ToCallers;
using telephony::ToNumber;
using telephony::ToRegion;
using telephony::Transfer;
using web::JsonReader;

namespace {

constexpr web::LineRule kName{1, 64};
constexpr web::LineRule kNumber{2, 32};

CallNo call_in(JsonReader& in, std::string_view field) {
  const std::string text = in.line(field, {1, 20});
  std::uint64_t no = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, no);
  if (error != std::errc{} || at != end || no == 0) in.fail(field, "no such call");
  return CallNo{no};
}

class AskReader {
 public:
  AskReader(const SitePlan& plan, WantedOfQueue& out) : plan_(plan), out_(out) {}

  void read(JsonReader& in) {
    using Read = void (AskReader::*)(JsonReader&);
    static const std::map<std::string, Read, std::less<>> kAsks{
        {"set_state", &AskReader::own_state},
        {"hold", &AskReader::plain<Hold>},
        {"resume", &AskReader::plain<Resume>},
        {"hang_up", &AskReader::plain<HangUpCall>},
        {"ready_again", &AskReader::plain<ReadyAgain>},
        {"transfer", &AskReader::transfer},
        {"consult", &AskReader::consult},
        {"complete_transfer", &AskReader::plain<CompleteTransfer>},
        {"cancel_consult", &AskReader::plain<CancelConsult>},
        {"conference", &AskReader::plain<Conference>},
        {"dial", &AskReader::dial},
        {"pick_up", &AskReader::pick_up},
        {"set_state_of", &AskReader::state_of},
        {"lend", &AskReader::lend},
        {"recall", &AskReader::recall},
        {"open_reserve", &AskReader::reserve<OpenReserve>},
        {"close_reserve", &AskReader::reserve<CloseReserve>},
        {"listen", &AskReader::monitor<LegRole::kListening>},
        {"whisper", &AskReader::monitor<LegRole::kWhispering>},
        {"take_over", &AskReader::monitor<LegRole::kTakingOver>}};
    const auto found = kAsks.find(in.line("do", kName));
    if (found == kAsks.end()) return in.fail("do", "not known");
    (this->*found->second)(in);
  }

 private:
  template <class What>
  void plain(JsonReader&) {
    out_.what = What{};
  }
  static SetState state(JsonReader& in) {
    SetState out;
    out.state =
        in.required_enum<protocol::AgentState>("state", app::enum_names<protocol::AgentState>());
    const auto reason = read_break_reason(in);
    const bool on_break = out.state == protocol::AgentState::kBreak;
    if (on_break != reason.has_value()) in.fail("reason", "for a break, and only for one");
    out.reason = reason.value_or(protocol::BreakReason::kNone);
    return out;
  }
  AgentNo agent(JsonReader& in, std::string_view field) {
    const std::string name = in.line(field, kName);
    const auto found = std::ranges::find_if(
        plan_.calls.agents, [&](const auto& each) { return plan_.name_of(each.first) == name; });
    if (found != plan_.calls.agents.end()) return found->first;
    in.fail(field, "no such agent");
    return {};
  }
  QueueNo queue(JsonReader& in, std::string_view field) {
    const QueueNo no{static_cast<std::uint16_t>(in.integer(field, {1, 65'535}))};
    if (!plan_.calls.queues.contains(no)) in.fail(field, "no such queue");
    return no;
  }
  Target target(JsonReader& in) {
    const std::array<std::string_view, 4> ways{"agent", "queue", "number", "region"};
    const auto given = std::ranges::count_if(ways, [&](auto way) { return in.has(way); });
    if (given != 1) in.fail("", "one of agent, queue, number and region");
    if (in.has("agent")) return ToAgent{agent(in, "agent")};
    if (in.has("queue")) return ToCallers{queue(in, "queue")};
    if (in.has("number")) return ToNumber{number(in, "number")};
    if (!in.boolean("region")) in.fail("region", "true, or another way");
    return ToRegion{};
  }
  static std::string number(JsonReader& in, std::string_view field) {
    std::string text = in.line(field, kNumber);
    std::erase_if(text,
                  [](char c) { return std::string_view(" ()-").find(c) != std::string::npos; });
    const bool digits = std::ranges::all_of(text, [](char c) {
      return std::string_view("+0123456789*#").find(c) != std::string::npos;
    });
    if (!digits || text.size() < kNumber.min_chars) in.fail(field, "not a telephone number");
    return text;
  }

  void own_state(JsonReader& in) { out_.what = state(in); }
  void transfer(JsonReader& in) {
    in.object("to", [&](JsonReader& to) { out_.what = Transfer{target(to)}; });
  }
  void consult(JsonReader& in) {
    in.object("to", [&](JsonReader& to) {
      if (to.has("queue")) to.fail("queue", "a consultation is with somebody");
      out_.what = Consult{target(to)};
    });
  }
  void dial(JsonReader& in) {
    out_.number = number(in, "number");
    out_.what = DialOut{};
  }
  void pick_up(JsonReader& in) { out_.what = PickUp{call_in(in, "call")}; }

  void state_of(JsonReader& in) {
    out_.supervisors = true;
    const AgentNo who = agent(in, "agent");
    out_.what = SetStateOf{who, state(in)};
  }
  void lend(JsonReader& in) {
    out_.supervisors = true;
    const AgentNo who = agent(in, "agent");
    const QueueNo where = queue(in, "queue");
    const auto rank = in.optional_integer("rank", {1, 255}).value_or(1);
    out_.what = Lend{who, where, Rank{static_cast<std::uint8_t>(rank)}};
  }
  void recall(JsonReader& in) {
    out_.supervisors = true;
    out_.what = Recall{agent(in, "agent")};
  }
  template <class What>
  void reserve(JsonReader& in) {
    out_.supervisors = true;
    const GroupNo no{static_cast<std::uint16_t>(in.integer("group", {1, 65'535}))};
    if (!plan_.calls.reserves.contains(no)) in.fail("group", "no such reserve");
    out_.what = What{no};
  }
  template <LegRole kHow>
  void monitor(JsonReader& in) {
    out_.supervisors = true;
    out_.what = Monitor{call_in(in, "call"), kHow};
  }

  const SitePlan& plan_;
  WantedOfQueue& out_;
};

}  // namespace

std::optional<protocol::BreakReason> read_break_reason(JsonReader& in) {
  const auto reason =
      in.optional_enum<protocol::BreakReason>("reason", app::enum_names<protocol::BreakReason>());
  if (reason == protocol::BreakReason::kNoAnswer) in.fail("reason", "nobody's own choice");
  return reason;
}

Result<WantedOfQueue> read_ask(const std::string& body, const SitePlan& plan) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  JsonReader in = document->read();
  WantedOfQueue out;
  AskReader(plan, out).read(in);
  OPORA_TRY(in.finish());
  return out;
}

Error refusal_error(Refusal why) {
  switch (why) {
    case Refusal::kNoCall: return {Code::kConflict, "call", "in no call, or it is over"};
    case Refusal::kBusy: return {Code::kConflict, "to", "is in a call"};
    case Refusal::kNotNow: return {Code::kConflict, "do", "the call is not in a state for it"};
    case Refusal::kUnknown: return {Code::kInvalid, "to", "no such agent, queue or number"};
    case Refusal::kTooMany: return {Code::kTooMany, "", "too many are in the call already"};
    case Refusal::kUnavailable: break;
  }
  return {Code::kUnavailable, "", "the telephone system is away"};
}

}  // namespace opora::node
