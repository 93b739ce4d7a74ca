#include <algorithm>
#include <limits>
#include <tuple>

#include "protocol/domain/blank.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/links.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "protocol/domain/ticket_draft.h"
#include "protocol/domain/ticket_times.h"
#include "protocol/domain/waiting_list.h"

namespace opora::protocol {

namespace {

using What = TicketAction::What;
using enum TicketStatus;

using Statuses = std::initializer_list<TicketStatus>;
constexpr Statuses kOpen = {kRegistered, kAssigned, kInWork, kWaiting};

bool one_of(TicketStatus status, Statuses statuses) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

Error conflict(const char* path, const char* message) {
  return Error{Code::kConflict, path, message};
}

Status must_be_possible(What what, const TicketState& ticket) {
  if (possible(what, ticket.status)) return ok_status();
  if (ticket.closed.v != 0) return conflict("action", "the ticket is closed");
  return conflict("action", "not in the state that the ticket is in");
}

bool needs_text(const TicketAction& command, const TicketState& ticket) {
  switch (command.what) {
    // What came of it says enough.
    case What::kComplete: return !has_result(ticket.asking.kind);
    case What::kComment:
    case What::kWait:
    case What::kReclassify:
    case What::kReopen:
    case What::kAddItem:
    case What::kClose: return true;
    // A9: whoever passes a ticket up says why; the next line starts from that sentence.
    case What::kAssign: return command.line > ticket.line;
    case What::kReject:
    case What::kStart:
    case What::kMerge:
    case What::kUnmerge:
    case What::kTickItem:
    case What::kUntickItem:
    case What::kRemoveItem:
    case What::kLinkProblem:
    case What::kUnlinkProblem:
    case What::kResume: return false;
  }
  return false;
}

Status check_text(const TicketAction& command, const TicketState& ticket) {
  if (!needs_text(command, ticket) || !is_blank(command.text)) return ok_status();
  if (command.what == What::kAssign) return invalid("reason", "passing up needs a reason");
  return invalid("text", "required");
}

Status check_queue(const TicketAction& command, const DecideContext& context) {
  if (command.queue.empty()) return ok_status();
  const QueueState* queue =
      context.times == nullptr ? nullptr : context.times->queue(command.queue);
  if (queue == nullptr) return invalid("queue", "no such queue here");
  if (queue->facts.line != command.line) return invalid("queue", "of another line");
  if (queue->facts.disabled) return invalid("queue", "takes no tickets any more");
  if (!serves(queue->facts, context.site)) return invalid("queue", "takes none of this site");
  return ok_status();
}

Status check_wait(const TicketAction& command, const TicketState& ticket, TimeMs now) {
  if (command.wait == WaitReason::kNone) return invalid("reason", "required (V10)");
  const bool session = command.wait == WaitReason::kRemoteSession;
  if (session && !command.until) return invalid("until", "a remote session has an agreed time");
  if (!session && command.until) return invalid("until", "only of a remote session");
  if (command.until && (*command.until <= now || *command.until >= kMaxEventTime))
    return invalid("until", "is past");
  if (ticket.waits.size() >= kMaxWaits) return conflict("history", "paused too often");
  return ok_status();
}

// The later of two is the duplicate of the earlier, so that no ring can close and nobody gets rid
// of an old deadline in a new ticket; both are one site's, so that one place answers for both.
Status check_merge(const MergeTarget& into, const AggregateId& id, const TicketState& ticket,
                   SiteNo site) {
  if (into.id.is_zero()) return invalid("into", "no such ticket here");
  if (into.id == id) return invalid("into", "a ticket is no duplicate of itself");
  if (into.owner != site) return conflict("into_owner", "belongs to another site");
  if (!one_of(into.status, kOpen)) return conflict("into_status", "is not open any more");
  if (std::tie(ticket.opened, id) < std::tie(into.opened, into.id))
    return conflict("into_order", "was opened later: that one is merged into this");
  if (into.merged >= kMaxMerged) return conflict("into_merged", "too many are merged into it");
  return ok_status();
}

// What an action says, before its moments are worked out.
class Saying {
 public:
  Saying(const TicketAction& command, const Entity& entity, const DecideContext& context,
         const RubricatorState* rubricator)
      : command_(command),
        id_(entity.id),
        ticket_(*entity.as<TicketState>()),
        context_(context),
        rubricator_(rubricator) {}

  Result<Facts> facts() const {
    switch (command_.what) {
      case What::kComment: return Facts(TicketCommented{});
      case What::kAssign: return assigned();
      case What::kComplete: return completed();
      case What::kReject: return rejected();
      case What::kStart: return started();
      case What::kWait: return paused();
      case What::kResume: return Facts(TicketResumed{times()});
      case What::kReclassify: return reclassified();
      case What::kReopen: return reopened();
      case What::kClose: return Facts(TicketFinished{times().at});
      case What::kMerge: return merged();
      case What::kUnmerge: return unmerged();
      case What::kAddItem: return item_added();
      case What::kTickItem: return item_changed(ItemChange::kTicked);
      case What::kUntickItem: return item_changed(ItemChange::kUnticked);
      case What::kRemoveItem: return item_changed(ItemChange::kRemoved);
      case What::kLinkProblem: return of_problem(command_.problem);
      case What::kUnlinkProblem: return of_problem({});
    }
    return conflict("action", "unknown");
  }

 private:
  DueTimes times() const { return times_now(ticket_, ticket_.line, context_); }

  Status may_move_to(const std::string& queue) const {
    const bool moves = ticket_.stays.empty() || ticket_.stays.back().queue != queue;
    if (moves && ticket_.stays.size() >= kMaxStays) return conflict("history", "moved too often");
    return ok_status();
  }

  // Another topic may be another queue's; where none takes it, it waits where it does.
  std::string queue_of_topic(const std::string& topic) const {
    if (topic == ticket_.topic || context_.times == nullptr) return times().queue;
    std::string queue = context_.times->queue_for({ticket_.line, context_.site, topic});
    return queue.empty() ? times().queue : queue;
  }

  Result<Facts> assigned() const {
    if (command_.line < 1 || command_.line > 3) return invalid("line", "1, 2 or 3");
    OPORA_TRY(check_queue(command_, context_));
    TicketAssigned out{command_.line, command_.assignee,
                       times_now(ticket_, command_.line, context_),
                       command_.assignee.empty() ? std::uint8_t{0} : command_.holder_line};
    if (!command_.queue.empty()) out.times.queue = command_.queue;
    OPORA_TRY(may_move_to(out.times.queue));
    return Facts(std::move(out));
  }

  Result<Facts> closed(TicketStatus status, RejectReason reason) const {
    TicketClosed out{status, reason, times().at, {}, TicketResult::kNone};
    if (status == kDone && context_.times != nullptr)
      out.reopen_until = reopen_until(out.at, context_.site, *context_.times);
    return Facts(out);
  }

  Result<Facts> completed() const {
    OPORA_TRY(check_end({command_.result, command_.by, command_.attempts}, ticket_, context_.now));
    Result<Facts> out = closed(kDone, RejectReason::kNone);
    if (out.ok()) std::get<TicketClosed>(*out).result = command_.result;
    return out;
  }

  Result<Facts> rejected() const {
    if (command_.reason == RejectReason::kNone) return invalid("reason", "required (V11)");
    return closed(kRejected, command_.reason);
  }

  Result<Facts> started() const {
    if (command_.assignee.empty()) return invalid("assignee", "required");
    if (!ticket_.assignee.empty() && ticket_.assignee != command_.assignee)
      return conflict("assignee", "given to another, who has to pass it on first");
    return Facts(TicketStarted{command_.assignee, times(), command_.holder_line});
  }

  Result<Facts> paused() const {
    OPORA_TRY(check_wait(command_, ticket_, context_.now));
    return Facts(TicketPaused{command_.wait, command_.until.value_or(TimeMs{}), times()});
  }

  Result<Facts> reclassified() const {
    TicketReclassified out{command_.urgency.value_or(ticket_.urgency), ticket_.topic,
                           ticket_.catalogue_version, ticket_.category, times()};
    if (!command_.topic.empty()) {
      const Topic* topic = find_topic(rubricator_, command_.topic);
      if (topic == nullptr) return invalid("topic", "not in the current rubricator");
      out.topic = topic->id;
      out.catalogue_version = rubricator_->version;
      out.category = topic->kind;
    }
    if (out.urgency == ticket_.urgency && out.topic == ticket_.topic)
      return invalid("urgency", "neither urgency nor topic is another");
    out.times.queue = queue_of_topic(out.topic);
    OPORA_TRY(may_move_to(out.times.queue));
    return Facts(std::move(out));
  }

  Result<Facts> reopened() const {
    const TimeMs at = times().at;
    if (ticket_.reopen_until.v == 0 || at >= ticket_.reopen_until)
      return conflict("reopen_until", "the time to object is over: closed for ever (A17)");
    if (ticket_.waits.size() >= kMaxWaits) return conflict("history", "paused too often");
    return Facts(TicketReopened{times()});
  }

  Result<Facts> merged() const {
    OPORA_TRY(check_merge(command_.into, id_, ticket_, context_.site));
    TicketMerged out{command_.into.id, command_.into.opened, times().at, {}};
    if (context_.times != nullptr)
      out.undo_until = reopen_until(out.at, context_.site, *context_.times);
    return Facts(out);
  }

  Result<Facts> unmerged() const {
    if (ticket_.undo_until.v == 0 || times().at >= ticket_.undo_until)
      return conflict("undo_until", "the time to take it back is over");
    return Facts(TicketUnmerged{times()});
  }

  Result<Facts> item_added() const {
    if (ticket_.items.size() >= kMaxItems) return conflict("items", "too many things to do");
    if (ticket_.items_added == std::numeric_limits<std::uint16_t>::max())
      return conflict("items", "too many things to do");
    const auto item = static_cast<std::uint16_t>(ticket_.items_added + 1);
    return Facts(TicketItemChanged{item, ItemChange::kAdded});
  }

  Result<Facts> item_changed(ItemChange change) const {
    const auto found = std::find_if(ticket_.items.begin(), ticket_.items.end(),
                                    [&](const auto& one) { return one.item == command_.item; });
    if (found == ticket_.items.end()) return invalid("item", "not there any more");
    if (change != ItemChange::kRemoved && found->ticked == (change == ItemChange::kTicked))
      return conflict("item", "is so already");
    return Facts(TicketItemChanged{command_.item, change});
  }

  Result<Facts> of_problem(const AggregateId& problem) const {
    if (problem == ticket_.problem) return conflict("problem", "is so already");
    return Facts(TicketOfProblem{problem});
  }

  const TicketAction& command_;
  const AggregateId& id_;
  const TicketState& ticket_;
  const DecideContext& context_;
  const RubricatorState* rubricator_;
};

// The supervisor has his time first (A-esc).
TimeMs region_at(const TicketState& ticket, const NextMoment& next, const DecideContext& context) {
  if (next.threshold != Threshold::kMissed || context.times == nullptr) return {};
  return region_told_at(ticket, next.at, *context.times);
}

// What is known here of the line to the region at a moment that is behind.
TicketDueReached due_reached(const TicketState& ticket, const NextMoment& next,
                             const DecideContext& context) {
  TicketDueReached out{next.clock, next.threshold, next.at, LinkThen::kThere, {}, {}};
  if (is_deadline(next.clock)) out.region_at = region_at(ticket, next, context);
  const auto silent = [&](TimeMs from) { return next.at >= from + kSilenceMs; };
  const auto cut_off = [&](TimeMs since) {
    out.link = LinkThen::kCutOff;
    out.cut_since = since;
  };
  const TimeMs heard = context.region_heard.value_or(TimeMs{});
  const auto& silence = context.region_silent;
  if (silent(heard)) {
    cut_off(heard);
  } else if (silence && silent(silence->from) && next.at < silence->to) {
    cut_off(silence->from);
  }
  return out;
}

Facts said_of(const TicketState& ticket, const NextMoment& next, const DecideContext& context) {
  if (next.clock != DueClock::kTelling) return due_reached(ticket, next, context);
  return TicketTellingDue{next.term, next.seq, next.threshold, next.at,
                          region_at(ticket, next, context)};
}

TellTimes* tell_in(Facts& facts) {
  return std::visit(
      [](auto& said) -> TellTimes* {
        if constexpr (requires { said.tell; }) return &said.tell;
        return nullptr;
      },
      facts);
}

DueTimes* times_in(Facts& facts) {
  return std::visit(
      [](auto& said) -> DueTimes* {
        if constexpr (requires { said.times; }) return &said.times;
        return nullptr;
      },
      facts);
}

}  // namespace

Action right_for(What what) {
  switch (what) {
    case What::kAssign: return Action::kAssignTicket;
    case What::kComment: return Action::kCommentTicket;
    case What::kComplete: return Action::kCompleteTicket;
    case What::kReject: return Action::kRejectTicket;
    case What::kStart:
    case What::kWait:
    case What::kResume: return Action::kWorkTicket;
    case What::kReclassify: return Action::kReclassifyTicket;
    case What::kReopen: return Action::kReopenTicket;
    case What::kClose: return Action::kCloseTicket;
    case What::kMerge:
    case What::kUnmerge: return Action::kMergeTicket;
    case What::kAddItem:
    case What::kTickItem:
    case What::kUntickItem:
    case What::kRemoveItem:
    case What::kLinkProblem:
    case What::kUnlinkProblem: return Action::kWorkTicket;
  }
  return Action::kCloseTicket;
}

bool possible(What what, TicketStatus status) {
  switch (what) {
    case What::kComment: return true;
    case What::kStart: return one_of(status, {kRegistered, kAssigned});
    case What::kWait: return status == kInWork;
    case What::kResume: return status == kWaiting;
    case What::kAssign:
    case What::kComplete:
    case What::kReject:
    case What::kMerge:
    case What::kAddItem:
    case What::kTickItem:
    case What::kUntickItem:
    case What::kRemoveItem:
    case What::kLinkProblem:
    case What::kUnlinkProblem:
    case What::kReclassify: return one_of(status, kOpen);
    case What::kUnmerge: return status == kMerged;
    case What::kReopen:
    case What::kClose: return status == kDone;
  }
  return false;
}

DueTimes times_now(const TicketState& ticket, std::uint8_t line, const DecideContext& context) {
  DueTimes out = ticket.times;
  out.at = std::max({context.now, ticket.times.at, ticket.finished_at});
  if (context.times != nullptr)
    out.queue = context.times->queue_kept({line, context.site, ticket.topic}, out.queue);
  return out;
}

Draft with_moments(Draft draft, const Entity& ticket, const DecideContext& context) {
  DueTimes* times = times_in(draft.facts);
  TellTimes* tell = tell_in(draft.facts);
  if ((times == nullptr && tell == nullptr) || context.times == nullptr) return draft;
  TicketState after = *ticket.as<TicketState>();
  Envelope env;
  env.origin = context.site;
  env.type = type_of(draft.facts);
  env.term = draft.term;
  env.seq = draft.seq;
  const TimeMs at = times == nullptr ? context.now : times->at;
  env.hlt = Hlt{static_cast<std::uint64_t>(at.v) << 16};
  const FoldResult folded = std::visit(
      [&](const auto& said) {
        if constexpr (is_ticket_fact<std::decay_t<decltype(said)>>)
          return fold_ticket(after, env, said);
        return FoldResult::kRefold;
      },
      draft.facts);
  if (folded != FoldResult::kFolded) return draft;
  if (times != nullptr) after.times = *times = worked_out(after, *context.times);
  // The fold says whether the applicant is told of it (A15), of what and since when.
  const Telling* told = find_telling(after, draft.term, draft.seq);
  if (tell != nullptr && told != nullptr)
    *tell = tell_times(after, told->what, told->since, context);
  return draft;
}

Result<Drafts> decide(const TicketAction& command, const Entity& ticket,
                      const DecideContext& context, const RubricatorState* rubricator) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return Error{Code::kNotFound, "number", "no such ticket"};
  const bool comments = command.what == What::kComment;
  if (!comments) {
    OPORA_TRY(must_own(*state, context));
  }
  OPORA_TRY(must_be_possible(command.what, *state));
  OPORA_TRY(check_text(command, *state));
  auto facts = Saying(command, ticket, context, rubricator).facts();
  if (!facts.ok()) return facts.error();
  if (comments) return Drafts{ticket_addition(ticket, std::move(*facts), command.text)};
  return Drafts{
      with_moments(ticket_draft(ticket, std::move(*facts), command.text), ticket, context)};
}

Drafts decide_moment(const Entity& ticket, ClockTrust trust, const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || !must_own(*state, context).ok()) return {};
  const auto next = next_moment(ticket);
  if (next && next->at <= context.now)
    return {ticket_draft(ticket, said_of(*state, *next, context), "")};
  const auto closing = closing_at(*state);
  if (!closing || *closing > context.now || trust != ClockTrust::kConfirmed) return {};
  return {ticket_draft(ticket, TicketFinished{times_now(*state, state->line, context).at}, "")};
}

Drafts decide_times(const Entity& ticket, const DecideContext& context) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr || context.times == nullptr || !must_own(*state, context).ok()) return {};
  if (!runs(*state, DueClock::kCompletion)) return {};
  Draft draft =
      with_moments(ticket_draft(ticket, TicketRetimed{times_now(*state, state->line, context)}, ""),
                   ticket, context);
  const DueTimes& now = std::get<TicketRetimed>(draft.facts).times;
  const DueTimes& before = state->times;
  const bool same =
      now.registration_due == before.registration_due && now.reaction_due == before.reaction_due &&
      now.completion_due == before.completion_due && now.silence_at == before.silence_at;
  if (same && from_catalogues(*state, *context.times)) return {};
  return {std::move(draft)};
}

}  // namespace opora::protocol
