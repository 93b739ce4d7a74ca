#include "node/telephony/ari/translator.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace opora::telephony::ari {

namespace {

using Method = Request::Method;

// Q.850 causes as Asterisk gives them to a channel that it dialled (recorded).
constexpr std::int64_t kCauseBusy = 17;
constexpr std::int64_t kCauseNoAnswer = 19;
constexpr std::int64_t kCauseRejected = 21;
constexpr std::int64_t kCauseNormal = 16;
constexpr std::int64_t kCauseElsewhere = 26;
// No way there: no route, nobody answers the signalling, out of order, the network out of order, a
// temporary failure, the exchange congested, no channel free, a timer.
constexpr std::array<std::int64_t, 9> kCausesNoWay{3, 18, 27, 34, 38, 41, 42, 44, 102};

// What was up and went with such a cause broke: a phone without power, a link. What was never up
// and has a cause of its own (a codec that it does not have, a number that is not given out) is not
// to be reached either; of a person whom we called that says nothing of our trunks.
LegEnd end_of(std::int64_t cause, std::string_view state, LegNo leg) {
  if (std::ranges::find(kCausesNoWay, cause) != kCausesNoWay.end())
    return state == "Up" ? LegEnd::kFault : LegEnd::kUnreachable;
  switch (cause) {
    case kCauseBusy: return LegEnd::kBusy;
    case kCauseNoAnswer: return LegEnd::kNoAnswer;
    case kCauseRejected: return LegEnd::kDeclined;
    case kCauseNormal:
    case kCauseElsewhere:
    case 0: return LegEnd::kHungUp;
    default: return state == "Up" || leg == kPerson ? LegEnd::kFault : LegEnd::kUnreachable;
  }
}

// A phone that rang goes with the cause of a call that is over when another phone has picked its
// call up, a moment before that one's StasisStart (recorded). Should none come, the leg ends when
// it has rung for its time.
bool is_picked_up(const Message& destroyed, LegKey leg) {
  return leg.leg != kPerson && destroyed.channel.state == "Ringing" &&
         destroyed.cause == kCauseNormal;
}

std::optional<LegKey> leg_of_args(const std::vector<std::string>& args) {
  // "leg,opora-7-2"
  return args.size() >= 2 && args[0] == "leg" ? leg_of(args[1]) : std::nullopt;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number no = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), no);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && no != 0;
  return whole ? std::optional(no) : std::nullopt;
}

std::optional<CallNo> call_of(std::string_view text) {
  const auto no = number_of<std::uint64_t>(text);
  return no ? std::optional(CallNo{*no}) : std::nullopt;
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    out.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

}  // namespace

Request transfer_answer(const std::string& channel, bool taken) {
  return {Method::kPost,
          "/ari/channels/" + percent(channel) +
              "/transfer_progress?states=" + (taken ? "channel_answered" : "channel_declined"),
          "",
          {}};
}

bool is_done(const Request& request, int status) {
  if (status >= 200 && status < 300) return true;
  if (status == 409) return request.method == Method::kPost;
  return status == 404 && request.method == Method::kDelete;
}

Translator::Translator(Settings settings, NextCall next_call)
    : settings_(std::move(settings)), next_call_(std::move(next_call)) {}

void Translator::set_settings(Settings settings) {
  settings.app = settings_.app;
  settings_ = std::move(settings);
}

void Translator::set_number(CallNo call, std::string number) {
  persons_[call].number = std::move(number);
}

std::string Translator::caller_of(CallNo call) const {
  const auto found = persons_.find(call);
  return found == persons_.end() ? "" : found->second.number;
}

std::optional<LegKey> Translator::find(const std::string& channel) const {
  const auto other = others_.find(channel);
  return other != others_.end() ? std::optional(other->second) : leg_of(channel);
}

std::string Translator::channel(LegKey leg) const {
  if (leg.leg == kPerson) {
    const auto person = persons_.find(leg.call);
    if (person != persons_.end() && !person->second.channel.empty()) return person->second.channel;
  }
  const auto other = replaced_.find(leg);
  return other == replaced_.end() ? channel_of(leg) : other->second;
}

AgentNo Translator::agent_at(std::string_view endpoint) const {
  for (const auto& [agent, at] : settings_.endpoints)
    if (at == endpoint) return agent;
  return {};
}

void Translator::forget(LegKey leg) {
  const auto person = persons_.find(leg.call);
  if (person != persons_.end()) person->second.joined.erase(leg.leg);
  const auto other = replaced_.find(leg);
  if (other == replaced_.end()) return;
  others_.erase(other->second);
  replaced_.erase(other);
}

// Stasis(opora,in,LINE,JOURNEY,SITE,WAITED,TOLD,PRIORITY,SKILLS): the last six are what the
// dialplan has read from a call's headers, and so words of a stranger, unless he comes by the trunk
// of the site that he names. Garbage is no journey, and the call one as any other.
Journey Translator::journey_of(const Channel& channel, const std::vector<std::string>& args) const {
  if (args.size() < 4) return {};
  const auto id = protocol::JourneyId::from_hex(args[2]);
  const auto site = number_of<std::uint32_t>(args[3]);
  const bool whole = id && !id->is_zero() && site;
  if (!whole || !settings_.sites.contains({std::string(endpoint_of(channel)), SiteNo{*site}}))
    return {};
  const auto waited = args.size() < 5 ? std::nullopt : number_of<std::uint32_t>(args[4]);
  return {*id, SiteNo{*site},
          std::min<std::int64_t>(waited.value_or(0), protocol::kMaxJourneyWaitMs)};
}

// A site that says nothing of it, of a person whom it keeps, has not told him.
Told Translator::told_by(const Channel& channel, const std::vector<std::string>& args) const {
  const std::string trunk(endpoint_of(channel));
  const auto site = settings_.sites.lower_bound({trunk, SiteNo{}});
  if (site == settings_.sites.end() || site->first != trunk) return Told::kByLine;
  const std::string said = args.size() < 6 ? "" : args[5];
  if (said == "1") return Told::kYes;
  const bool for_somebody = !said.empty() || journey_of(channel, args).from.v != 0;
  return for_somebody ? Told::kNo : Told::kByLine;
}

// A2b, A3: how urgent he is there, and what he asks for. A skill that nobody has heard of here is
// none, or nobody would serve him.
void Translator::know_wants(const std::vector<std::string>& args, Arrived& came) const {
  const auto priority = args.size() < 7 ? std::nullopt : number_of<std::uint8_t>(args[6]);
  if (priority && *priority <= kMaxPriority) came.priority = Priority{*priority};
  std::string_view rest = args.size() < 8 ? std::string_view() : args[7];
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    const auto known = settings_.skills.find(std::string(rest.substr(0, end)));
    if (known != settings_.skills.end()) came.skills.v |= known->second.v;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

Translator::Heard Translator::new_call(const Channel& channel,
                                       const std::vector<std::string>& args) {
  const std::optional<CallNo> call = next_call_();
  if (!call) return {{}, {to_own_queue(channel.id, settings_.fallback_context)}};
  Person& person = persons_[*call];
  person.channel = channel.id;
  person.number = channel.caller;
  others_[channel.id] = {*call, kPerson};
  // After our own restart the channel says which call it is.
  Request mark = channel_request({*call, kPerson}, "/variable");
  mark.target += "?variable=ACD_CALL_ID&value=" + std::to_string(call->v);
  const bool has_line = args.size() >= 2 && !args[1].empty();
  Arrived came{*call, has_line ? args[1] : channel.exten};
  came.journey = journey_of(channel, args);
  came.told = told_by(channel, args);
  if (came.journey.from.v != 0) know_wants(args, came);
  return {{std::move(came)}, {std::move(mark)}};
}

// The dialplan has transferred an agent's leg (Asterisk 20 and 21, which do not ask us): another
// channel is where it was, and the person goes on hearing somebody. The leg is that channel now, to
// its end.
bool Translator::takes_place(const Message& message) {
  const std::optional<LegKey> leg =
      message.replaces.empty() ? std::nullopt : find(message.replaces);
  if (!leg || leg->leg == kPerson) return false;
  others_[message.channel.id] = *leg;
  replaced_[*leg] = message.channel.id;
  return true;
}

Translator::Heard Translator::starts(const Message& message) {
  if (takes_place(message)) return {};
  const std::optional<LegKey> by_id = find(message.channel.id);
  const std::optional<LegKey> leg = by_id ? by_id : leg_of_args(message.args);
  if (!leg) {
    const bool comes_in = !message.args.empty() && message.args[0] == "in";
    if (!comes_in) return {};
    return new_call(message.channel, message.args);
  }
  if (by_id) return {{LegAnswered{leg->call, leg->leg}}, {}};
  // Another phone picked it up: another channel with the arguments of the first.
  others_[message.channel.id] = *leg;
  replaced_[*leg] = message.channel.id;
  return {{LegAnswered{leg->call, leg->leg, agent_at(endpoint_of(message.channel))}}, {}};
}

// What a telephone's own transfer button has dialled: a colleague. Any other number is declined:
// the dialplan knows what this phone may dial, and is not asked; the screen does that, signed in.
// One that he has spoken with first is a call of the PBX's, which this queue has no part in: the
// screen's consultation is for that.
Translator::Heard Translator::transfers(const Message& message, LegKey leg) const {
  if (!message.progress.empty()) return {};  // how far it is, as we have said ourselves
  const auto colleague = settings_.extensions.find(message.destination);
  if (!message.is_attended && colleague != settings_.extensions.end())
    return {{PhoneTransfers{leg.call, leg.leg, ToAgent{colleague->second}}}, {}};
  return {{}, {transfer_answer(message.channel.id, false)}};
}

Event Translator::ended(LegKey leg, const Message& destroyed) const {
  return LegEnded{leg.call, leg.leg, end_of(destroyed.cause, destroyed.channel.state, leg.leg)};
}

Translator::Heard Translator::hear(const Message& message) {
  if (message.kind == Kind::kReplaced) return {{}, {}, true};
  if (message.kind == Kind::kStasisStart) return starts(message);
  if (message.kind == Kind::kPlaybackFinished) {
    const auto call = prompted(message.playback);
    const bool failed = message.playback_state == "failed";
    if (!call) return {};
    return {{Played{*call, failed ? Prompt::kFailed : Prompt::kHeard}}, {}};
  }
  if (const bool failed = message.kind == Kind::kRecordingFailed;
      failed || message.kind == Kind::kRecordingFinished) {
    const auto tape = recorded(message.recording);
    if (!tape) return {};
    return {{RecordingEnded{tape->call, tape->part, failed ? TapeEnd::kFailed : TapeEnd::kDone}},
            {}};
  }
  const std::optional<LegKey> leg = find(message.channel.id);
  if (!leg) return {};
  switch (message.kind) {
    case Kind::kDtmf:
      if (leg->leg != kPerson || message.digit.empty()) return {};
      return {{Digit{leg->call, message.digit[0]}}, {}};
    case Kind::kHold:
    case Kind::kUnhold: return {{PhoneHolds{leg->call, leg->leg, message.kind == Kind::kHold}}, {}};
    case Kind::kTransfer: return transfers(message, *leg);
    case Kind::kStateChange:
      if (message.channel.state == "Ringing") return {{LegRings{leg->call, leg->leg}}, {}};
      return {};
    case Kind::kStasisEnd: {
      // Of a caller who came in this is all that comes; a leg that we dialled tells its cause
      // later.
      const auto person = persons_.find(leg->call);
      const bool came_in = person != persons_.end() && person->second.channel == message.channel.id;
      if (!came_in || person->second.falls_back) return {};
      return {{LegEnded{leg->call, kPerson, LegEnd::kHungUp}}, {}};
    }
    case Kind::kDestroyed: {
      // The phone that rang first goes when another has picked its call up.
      const auto now = replaced_.find(*leg);
      if (now != replaced_.end() && now->second != message.channel.id) return {};
      if (is_picked_up(message, *leg)) return {};
      const Event event = ended(*leg, message);
      forget(*leg);
      return {{event}, {}};
    }
    default: return {};
  }
}

std::optional<Event> Translator::failed(const Request& request, int status) const {
  if (request.checks && status == 404)
    return RecordingEnded{request.checks->call, request.checks->part, TapeEnd::kDone};
  if (request.records)
    return RecordingEnded{request.records->call, request.records->part, TapeEnd::kFailed};
  if (request.dials) return LegEnded{request.dials->call, request.dials->leg, LegEnd::kUnreachable};
  // Whoever is not there any more has hung up: his end was heard before his beginning, or not.
  constexpr int kNotFound = 404;
  if (request.of && status == kNotFound)
    return LegEnded{request.of->call, request.of->leg, LegEnd::kHungUp};
  return std::nullopt;
}

Request Translator::stop_dialling(LegKey leg) {
  return {Method::kDelete, "/ari/channels/" + percent(channel_of(leg)), "", {}};
}

Requests Translator::reap(const std::vector<Bridge>& bridges) const {
  Requests out;
  for (const Bridge& each : bridges) {
    const auto call = bridged(each.id);
    if (call && each.channels.empty() && !persons_.contains(*call))
      out.push_back({Method::kDelete, "/ari/bridges/" + percent(each.id), "", {}});
  }
  return out;
}

// Waits in our application, and has no number of ours yet: his StasisStart was not heard.
std::optional<Translator::Heard> Translator::came_meanwhile(const Channel& channel) {
  if (!came_into(channel, settings_.app)) return std::nullopt;
  std::string_view args =
      std::string_view(channel.dialplan)
          .substr(std::string_view("Stasis(").size() + settings_.app.size() + 1);
  args.remove_suffix(1);
  return new_call(channel, parted(args));
}

// A caller who came in and is in the PBX's own queue: we sent him there before a restart, or the
// guard did while we were silent. He is no call of ours any more, whatever his channel says.
bool Translator::is_elsewhere(const Channel& channel) const {
  const std::optional<LegKey> leg = find(channel.id);
  const bool dialled = leg_of(channel.id) || (leg && leg->leg != kPerson);
  return !dialled && has_left(channel, settings_.app);
}

Translator::Heard Translator::reconcile(const std::vector<Channel>& channels) {
  Reconciled all;
  std::map<CallNo, SeenCall> seen;
  Heard fresh;
  for (const Channel& each : channels) {
    if (is_elsewhere(each)) {
      const std::optional<LegKey> known = find(each.id);
      if (known) fresh.left.push_back(each.id);
      const auto call = known ? std::optional(known->call) : call_of(each.call_id);
      if (call) all.at_own_queue.push_back(*call);
      continue;
    }
    std::optional<LegKey> leg = find(each.id);
    if (!leg)
      if (const auto call = call_of(each.call_id)) {
        leg = LegKey{*call, kPerson};
        persons_[*call].channel = each.id;
        persons_[*call].number = each.caller;
        others_[each.id] = *leg;
      }
    if (!leg) {
      auto came = came_meanwhile(each);
      if (!came) continue;  // not ours: the PBX has other calls
      for (Event& event : came->events) fresh.events.push_back(std::move(event));
      for (Request& request : came->requests) fresh.requests.push_back(std::move(request));
      continue;
    }
    SeenCall& call = seen.try_emplace(leg->call, SeenCall{leg->call, {}}).first->second;
    call.legs.push_back({leg->leg, each.state == "Up" ? LegState::kUp : LegState::kDialling});
  }
  for (auto& [no, call] : seen) all.calls.push_back(std::move(call));
  fresh.events.insert(fresh.events.begin(), std::move(all));
  return fresh;
}

}  // namespace opora::telephony::ari
