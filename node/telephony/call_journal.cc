#include "node/telephony/call_journal.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "protocol/codec/record_codec.h"

namespace opora::telephony {

using protocol::CallState;
using protocol::CallStep;
using protocol::Kind;

namespace {

// A draft that the codec refuses would take the step's rows with it.
Status fits(const protocol::Draft& draft) {
  if (const auto facts = protocol::encode_if_valid(draft.facts); !facts.ok()) return facts.error();
  const auto personal = protocol::encode_if_valid(draft.personal);
  return personal.ok() ? ok_status() : Status(personal.error());
}

}  // namespace

bool has_ended(const CallState& call) {
  return std::any_of(call.seen.begin(), call.seen.end(),
                     [](const auto& seen) { return seen.second.step == CallStep::kEnded; });
}

std::optional<protocol::Drafts> fitting(Result<protocol::Drafts> drafts) {
  Status status = drafts.ok() ? ok_status() : Status(drafts.error());
  if (drafts.ok())
    for (const protocol::Draft& each : *drafts)
      if (status.ok()) status = fits(each);
  if (status.ok()) return std::move(*drafts);
  spdlog::error("calls: the journal refuses {}: {}", status.error().path, status.error().message);
  return std::nullopt;
}

std::string call_id_of(CallNo call) { return std::to_string(call.v); }

void CallJournal::tell(const Commands& commands) {
  for (const Command& each : commands) std::visit([&](const auto& told) { on(told); }, each);
}

void CallJournal::end(const std::vector<CallNo>& calls) {
  for (const CallNo no : calls) {
    if (!decision_.load(Kind::kCall, id_of(no)).exists()) continue;
    TellCall told;
    told.call = no;
    told.step = CallStep::kEnded;
    told.at = decision_.context().now;
    on(told);
  }
}

AggregateId CallJournal::id_of(CallNo call) const {
  return protocol::call_aggregate(decision_.context().site, kCallSource, call_id_of(call));
}

// Of the first queue that he serves.
DeskNo CallJournal::desk_of(AgentNo agent) const {
  const auto found = plan_.calls.agents.find(agent);
  if (found == plan_.calls.agents.end()) return {};
  for (const auto& [no, rank] : found->second.serves)
    if (const QueuePlan* queue = plan_.calls.queue(no)) return queue->desk;
  return {};
}

void CallJournal::on(const TellCall& told) {
  const protocol::DecideContext context = decision_.context();
  protocol::ObserveCall event;
  event.source = kCallSource;
  event.call_id = call_id_of(told.call);
  const auto* call = decision_.load(Kind::kCall, id_of(told.call)).as<CallState>();
  if (call != nullptr && has_ended(*call)) return;
  std::uint32_t& last = told_[told.call];
  if (call != nullptr && !call->seen.empty()) last = std::max(last, call->seen.rbegin()->first);
  event.seq = last = std::max(told.seq, last + 1);
  event.step = told.step;
  event.at = told.at;
  const QueuePlan* queue = plan_.calls.queue(told.queue);
  event.desk = queue != nullptr ? queue->desk : desk_of(told.agent);
  if (queue != nullptr) event.line = queue->line;
  if (told.agent.v != 0) event.agent = plan_.name_of(told.agent);
  // With the first: it is the same person to the end.
  const auto number = numbers_.find(told.call);
  if (call == nullptr && number != numbers_.end()) event.phone = number->second;
  event.direction = told.direction;
  event.journey = told.journey;
  event.from_site = told.from_site;
  emit(protocol::decide(event, call, phantom_ms_, context));
}

void CallJournal::on(const TellAgent& told) {
  emit(protocol::decide(protocol::SetAgentState{plan_.name_of(told.agent), told.state, told.reason,
                                                desk_of(told.agent)},
                        decision_.context()));
}

void CallJournal::emit(Result<protocol::Drafts> drafts) {
  if (auto fit = fitting(std::move(drafts))) decision_.emit(std::move(*fit));
}

}  // namespace opora::telephony
