#include "sync/core/session.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"

namespace opora::sync {

using protocol::CloseReason;
using protocol::Frame;
using protocol::StopReason;
using protocol::Verdict;

namespace {

std::span<const StreamKind> sent_by(Role role) {
  return role == Role::kSite ? streams_up() : streams_down();
}
std::span<const StreamKind> received_by(Role role) {
  return role == Role::kSite ? streams_down() : streams_up();
}

Hlt hlt_of(TimeMs wall) {
  return Hlt{static_cast<std::uint64_t>(std::max<std::int64_t>(wall.v, 0)) << 16};
}

StreamPos end_of(const std::vector<protocol::StreamState>& streams) {
  const auto it = std::find_if(streams.begin(), streams.end(), [](const auto& state) {
    return state.stream == StreamKind::kJournal;
  });
  return it == streams.end() ? StreamPos{} : it->end.pos;
}

std::vector<protocol::StreamState> cursors_of(const std::vector<ReceiveState>& receives) {
  std::vector<protocol::StreamState> out;
  out.reserve(receives.size());
  for (const ReceiveState& state : receives) out.push_back({state.stream, state.durable});
  return out;
}

// Keys were put in order behind our Hello (ResendKeys): by it the hub stopped what agrees now.
bool hello_was_older(const std::vector<protocol::Mark>& marks, const Sender& sender) {
  const bool stopped = std::any_of(marks.begin(), marks.end(), [](const protocol::Mark& mark) {
    return mark.stream == StreamKind::kJournalKeys && mark.stopped == StopReason::kAmnesia;
  });
  return stopped && sender.agreed(StreamKind::kJournal) && sender.agreed(StreamKind::kJournalKeys);
}
constexpr const char* kSayKeysAgain = "says again where its keys end";

bool leads(Hlt peer_now, Now now) { return peer_now.time() - now.wall > kMaxClockLeadMs; }

// The stream whose end stands for a peer's progress.
constexpr bool is_main(StreamKind kind) {
  return kind == StreamKind::kJournal || kind == StreamKind::kCommon;
}

}  // namespace

Session::Session(SessionConfig config)
    : config_(std::move(config)),
      sender_(sent_by(config_.role)),
      receiver_(received_by(config_.role)),
      files_(config_.role) {
  OPORA_CHECK(config_.session.v != 0);
}

Actions Session::step(SessionEvent event, Now now) {
  Actions out;
  if (closed()) return out;
  std::visit([&](auto& e) { handle(e, now, out); }, event);
  if (live()) files_.tick(now.mono, sender_.busy() ? Streams::kBusy : Streams::kQuiet, out);
  for (Action& action : out.list) {
    auto* send = std::get_if<Send>(&action);
    if (send == nullptr) continue;
    send->frame.from = config_.session;
    send->frame.to = peer_session_;
  }
  out.wake_at = next_timer();
  return out;
}

std::optional<MonoMs> Session::next_timer() const {
  switch (state_) {
    case State::kHandshake:
    case State::kAnswered: return heard_at_ + kHandshakeMs;
    case State::kLive: return std::min(ping_due_, heard_at_ + kSilentAfterMs);
    case State::kIdle:
    case State::kClosed: break;
  }
  return std::nullopt;
}

void Session::handle(Connected& event, Now now, Actions& out) {
  OPORA_CHECK(state_ == State::kIdle && !event.incarnations.empty());
  own_ = std::move(event);
  state_ = State::kHandshake;
  heard_at_ = now.mono;
  sender_.start(own_.sends);
  receiver_.start(own_.receives);
  if (config_.role == Role::kSite) out.send(hello(now));
}

protocol::Hello Session::hello(Now now) const {
  protocol::Hello hello;
  hello.version = config_.version;
  hello.site = config_.self;
  hello.software = config_.software;
  hello.now = hlt_of(now.wall);
  hello.window = receiver_.window();
  for (const auto& state : own_.sends) {
    if (state.stream != StreamKind::kRecall || peer_recalls()) hello.sends.push_back(state);
  }
  hello.receives = cursors_of(own_.receives);
  hello.history = own_.history;
  if (config_.role == Role::kHub) hello.verdict = verdict_;
  hello.incarnations = own_.incarnations;
  if (hello.incarnations.size() > protocol::kMaxIncarnations) {
    hello.incarnations.erase(hello.incarnations.begin(),
                             hello.incarnations.end() - protocol::kMaxIncarnations);
  }
  return hello;
}

void Session::handle(Disconnected&, Now, Actions& out) {
  state_ = State::kClosed;
  out.add(Close{CloseReason::kDisconnected, "the connection broke"});
}

void Session::handle(Received& event, Now now, Actions& out) {
  if (state_ == State::kIdle || !addressed_to_us(event.frame)) return;
  heard_at_ = now.mono;
  if (std::holds_alternative<protocol::Hello>(event.frame.message) && state_ == State::kHandshake) {
    peer_session_ = event.frame.from;
  } else if (state_ == State::kAnswered &&
             !std::holds_alternative<protocol::Bye>(event.frame.message)) {
    go_live(std::exchange(answered_, {}), now, out);
  }
  std::visit([&](auto& message) { on_message(message, now, out); }, event.frame.message);
}

// What belongs to an earlier session of either side, or comes ahead of the Hello, is dropped: marks
// and positions in it mean nothing here.
bool Session::addressed_to_us(const Frame& frame) const {
  if (state_ == State::kLive || state_ == State::kAnswered)
    return frame.from == peer_session_ && frame.to == config_.session;
  if (std::holds_alternative<protocol::Bye>(frame.message)) return frame.to == config_.session;
  if (!std::holds_alternative<protocol::Hello>(frame.message)) return false;
  return frame.to == (config_.role == Role::kHub ? protocol::SessionId{} : config_.session);
}

void Session::handle(Malformed& event, Now, Actions& out) {
  check("a frame does not decode: " + event.why, out);
}

void Session::check(const Violation& violation, Actions& out) {
  if (!violation) return;
  out.add(Alarm{AlarmCode::kProtocol, *violation});
  close(CloseReason::kProtocol, *violation, out);
}

void Session::close(CloseReason reason, std::string text, Actions& out) {
  if (closed()) return;
  state_ = State::kClosed;
  if (peer_session_.v != 0) out.send(protocol::Bye{reason, text.substr(0, protocol::kMaxLinkText)});
  out.add(Close{reason, std::move(text)});
}

void Session::on_message(protocol::UnknownMessage&, Now, Actions&) {}

void Session::on_message(protocol::Hello& message, Now now, Actions& out) {
  if (state_ != State::kHandshake) return;  // repeated on the way
  peer_incarnations_ = message.incarnations;
  peer_cursors_ = message.receives;
  peer_ends_ = message.sends;
  if (!acceptable(message, out)) return;
  past_ = compare(message);
  verdict_ = config_.role == Role::kHub ? judge_branch(message) : message.verdict;
  if (config_.role == Role::kSite) return go_live(message, now, out);
  out.send(hello(now));
  // A connection that died may still bring its Hello, behind the site's next one. What that says of
  // the site's past is old, so nothing is concluded from it before the site has answered ours.
  state_ = State::kAnswered;
  answered_ = std::move(message);
}

bool Session::acceptable(const protocol::Hello& hello, Actions& out) {
  if (hello.site != config_.peer) {
    const std::string text = "the key of site " + std::to_string(config_.peer.v) +
                             " calls itself site " + std::to_string(hello.site.v);
    out.add(Alarm{AlarmCode::kIdentity, text});
    close(CloseReason::kIdentity, text, out);
    return false;
  }
  if (hello.version < protocol::kLinkMinVersion || hello.min_version > config_.version) {
    const std::string text = "speaks link versions " + std::to_string(hello.min_version) + " to " +
                             std::to_string(hello.version) + ", we " +
                             std::to_string(protocol::kLinkMinVersion) + " to " +
                             std::to_string(config_.version);
    out.add(Alarm{AlarmCode::kVersion, text});
    close(CloseReason::kVersion, text, out);
    return false;
  }
  return true;
}

void Session::go_live(const protocol::Hello& hello, Now now, Actions& out) {
  state_ = State::kLive;
  const std::uint16_t version = std::min(hello.version, config_.version);
  out.add(PeerUp{{hello.software, version, hello.incarnations.back().id}});
  compare_clocks(hello.now, now, out);
  peer_.now = hello.now;
  const std::uint64_t end = end_of(hello.sends).v;
  peer_.pending = end - std::min(end, end_of(cursors_of(own_.receives)).v);
  const bool branch = past_.past == Past::kLost || past_.past == Past::kForked;
  const bool decided = verdict_ == Verdict::kAdopt || verdict_ == Verdict::kSetAside;
  if (branch && verdict_ == Verdict::kHeld) past_.past = Past::kForked;
  if (branch && decided) past_.past = Past::kLost;
  Dispute dispute;
  if (past_.past == Past::kLost) dispute.differs = StopReason::kAmnesia;
  if (past_.past == Past::kForked) dispute.shorter = StopReason::kFork;
  receiver_.on_hello(hello, dispute, out);
  sender_.on_hello(hello, version, dispute, out);
  consider_recall(out);
  consider_keys(out);
  consider_fork(out);
  consider_afresh(out);
  files_.start(now.mono);
  // At once: the peer learns our marks and how far behind we are.
  ping_due_ = now.mono + kPingEveryMs;
  out.add(QueryStatus{});
}

// The site's journal here and there. Both sides come to the same conclusion.
Comparison Session::compare(const protocol::Hello& hello) const {
  const bool site = config_.role == Role::kSite;
  const History ours{own_.history, end_of(site ? own_.sends : cursors_of(own_.receives))};
  const History theirs{hello.history, end_of(site ? hello.receives : hello.sends)};
  return site ? compare_histories(ours, own_.incarnations.back().id, theirs)
              : compare_histories(theirs, hello.incarnations.back().id, ours);
}

// A branch is held until a person has decided; also when its store was opened anew meanwhile.
Verdict Session::judge_branch(const protocol::Hello& hello) const {
  if (past_.past != Past::kLost && past_.past != Past::kForked) return Verdict::kNone;
  const auto& opened = hello.incarnations;
  const bool known = own_.fork && std::any_of(opened.begin(), opened.end(), [&](const auto& one) {
                       return one.id == own_.fork->incarnation;
                     });
  if (past_.past == Past::kForked && !(known && opened.back().id == own_.fork->incarnation))
    return Verdict::kHeld;  // a new one
  return known ? own_.fork->decision : Verdict::kNone;
}

void Session::consider_keys(Actions& out) {
  const bool apart =
      sender_.disputed(StreamKind::kJournalKeys) && sender_.agreed(StreamKind::kJournal);
  if (config_.role != Role::kSite || !apart || std::exchange(keys_resent_, true)) return;
  for (const auto& cursor : peer_cursors_) {
    if (cursor.stream == StreamKind::kJournalKeys) out.add(ResendKeys{cursor.end});
  }
}

// At the hub: a fork that was found is kept in mind, one that has been joined is forgotten.
void Session::consider_fork(Actions& out) {
  if (config_.role != Role::kHub || fork_noted_) return;
  const bool forked = past_.past == Past::kForked && verdict_ == Verdict::kHeld &&
                      receiver_.stopped(StreamKind::kJournal) == StopReason::kFork;
  if (forked) {
    const Fork found{peer_incarnations_.back().id, past_.common, Verdict::kHeld};
    const bool held = own_.fork && own_.fork->decision == Verdict::kHeld;
    if (!held) {
      out.add(NoteFork{found});
      out.add(Alarm{AlarmCode::kFork,
                    "two machines of this site wrote different records after " +
                        std::to_string(found.common.v) +
                        ": stop one for good, then decide for the other (opora fork)"});
    }
    fork_noted_ = true;
  } else if (past_.past == Past::kShared && own_.fork && own_.fork->decision != Verdict::kHeld) {
    const auto& opened = peer_incarnations_;
    const bool branch = std::any_of(opened.begin(), opened.end(), [&](const auto& one) {
      return one.id == own_.fork->incarnation;
    });
    if (branch) out.add(NoteFork{std::nullopt});
    fork_noted_ = true;
  }
}

// At a site: what it has received is not what the hub has. A hub whose running opening it knows is
// a machine that was rolled back: for a person. Any other one was restored.
void Session::consider_afresh(Actions& out) {
  if (config_.role != Role::kSite || afresh_begun_) return;
  const bool disputed = std::any_of(own_.receives.begin(), own_.receives.end(), [&](const auto& s) {
    const StopReason why = receiver_.stopped(s.stream);
    return s.stream != StreamKind::kRecall &&
           (why == StopReason::kAmnesia || why == StopReason::kFork);
  });
  const bool restored = disputed && peer_incarnations_.back().id != own_.known_hub;
  if (!restored && !ends_below_what_we_wait_for()) return;
  afresh_begun_ = true;
  StartAfresh afresh;
  for (const auto& state : peer_ends_) {
    if (state.stream != StreamKind::kRecall) afresh.until.emplace_back(state.stream, state.end.pos);
  }
  out.add(Alarm{AlarmCode::kRestored,
                "the hub's store is older than what it has sent: its streams start over"});
  out.add(std::move(afresh));
}

// While a site receives everything again the hub may be restored once more, to less.
bool Session::ends_below_what_we_wait_for() const {
  const auto& until = own_.afresh_until;
  return std::any_of(peer_ends_.begin(), peer_ends_.end(), [&](const auto& state) {
    const auto target = std::find_if(until.begin(), until.end(),
                                     [&](const auto& one) { return one.first == state.stream; });
    return target != until.end() && state.end.pos < target->second;
  });
}

bool Session::peer_recalls() const {
  return std::any_of(peer_cursors_.begin(), peer_cursors_.end(),
                     [](const auto& state) { return state.stream == StreamKind::kRecall; });
}

bool Session::recalling() const {
  return std::any_of(own_.receives.begin(), own_.receives.end(),
                     [](const ReceiveState& state) { return state.stream == StreamKind::kRecall; });
}

// The site's own journal is the one thing that it gets back by itself: once, when the hub's cursor
// turned out to be none of its positions and the names say that it is the site that forgot.
void Session::consider_recall(Actions& out) {
  if (config_.role != Role::kSite || recall_begun_) return;
  const bool lost = past_.past == Past::kLost && sender_.disputed(StreamKind::kJournal);
  BeginRecall recall;
  recall.common.pos = past_.common;
  recall.own = verdict_ == Verdict::kSetAside ? OwnPart::kSetAside : OwnPart::kFollows;
  for (const auto& cursor : peer_cursors_) {
    if (cursor.stream == StreamKind::kJournal) recall.journal = cursor.end;
    if (cursor.stream == StreamKind::kJournalKeys) recall.keys = cursor.end;
  }
  // The hub whose journal is being fetched was restored: what is here of it is all there is.
  const bool another = own_.recall && (recall.journal.pos < own_.recall->pos ||
                                       receiver_.stopped(StreamKind::kRecall) != StopReason::kNone);
  if (own_.recall ? !another : !lost) return;
  recall_begun_ = true;
  out.add(recall);
}

// Its events are kept; only its time is not taken over (HybridClock::merge refuses the same lead),
// nor what it promises by that time.
void Session::compare_clocks(Hlt peer_now, Now now, Actions& out) {
  if (!leads(peer_now, now) || clock_flagged_) return;
  const std::int64_t lead_ms = peer_now.time() - now.wall;
  clock_flagged_ = true;
  out.add(Alarm{AlarmCode::kClock,
                "its clock is " + std::to_string(lead_ms / 1000) + " s ahead of ours"});
}

void Session::on_message(protocol::Batch& message, Now now, Actions& out) {
  check(receiver_.on_batch(message, now.mono, out), out);
}

void Session::on_message(protocol::Withdrawn& message, Now now, Actions& out) {
  if (config_.version < protocol::kWithdrawnSince) return;  // not known to it
  check(receiver_.on_withdrawn(message, now.mono, out), out);
}

void Session::on_message(protocol::Ack& message, Now, Actions& out) {
  if (hello_was_older(message.marks, sender_))
    return close(CloseReason::kStopping, kSayKeysAgain, out);
  check(sender_.on_marks(message.marks, message.window, out), out);
}

void Session::on_message(protocol::Nack& message, Now, Actions& out) {
  sender_.on_nack(message, out);
}

void Session::on_message(protocol::Ping& message, Now now, Actions& out) {
  compare_clocks(message.now, now, out);
  if (leads(message.now, now)) message.through = {};
  peer_.now = message.now;
  peer_.pending = message.pending;
  peer_.oldest_pending_at = message.oldest_pending_at;
  for (const auto& stream : message.sends) {
    if (is_main(stream.stream)) peer_.end = stream.end;
  }
  receiver_.on_ping(message, now.mono, out);
  consider_recall(out);
  consider_fork(out);
  consider_afresh(out);
  report_peer(out);
  if (hello_was_older(message.marks, sender_))
    return close(CloseReason::kStopping, kSayKeysAgain, out);
  check(sender_.on_marks(message.marks, message.window, out), out);
}

void Session::report_peer(Actions& out) {
  peer_.data_through = receiver_.data_through();
  out.add(PeerReport{peer_});
}

void Session::on_message(protocol::FileAsk& message, Now, Actions&) { files_.on_message(message); }
void Session::on_message(protocol::FileChunk& message, Now now, Actions& out) {
  files_.on_message(message, now.mono, out);
}
void Session::on_message(protocol::FileNote& message, Now, Actions& out) {
  files_.on_message(message, out);
}

void Session::on_message(protocol::Bye& message, Now, Actions& out) {
  state_ = State::kClosed;
  out.add(Close{message.reason, "the peer closed: " + message.text});
}

void Session::handle(Fetched& event, Now, Actions& out) { sender_.on_fetched(event, out); }
void Session::handle(FetchFailed& event, Now, Actions& out) { sender_.on_fetch_failed(event, out); }
void Session::handle(ChainAt& event, Now, Actions& out) {
  sender_.on_chain(event, out);
  consider_recall(out);
  consider_keys(out);
}
void Session::handle(Appended& event, Now, Actions& out) {
  sender_.on_appended(event.stream, event.end, out);
}

void Session::handle(FilesRead& event, Now now, Actions& out) {
  files_.on_files(event, now.mono, out);
}
void Session::handle(ChunkRead& event, Now, Actions& out) { files_.on_read(event, out); }
void Session::handle(ChunkStored& event, Now, Actions& out) { files_.on_stored(event, out); }
void Session::handle(FilesHeld& event, Now, Actions& out) { files_.on_held(event, out); }

void Session::handle(Persisted& event, Now now, Actions& out) {
  if (!is_keys(event.stream)) files_.look_soon(now.mono);
  if (!receiver_.on_persisted(event, out)) {
    const std::string text = std::string("the store holds something else at ") +
                             stream_name(event.stream) + " " + std::to_string(event.durable.pos.v);
    out.add(Alarm{AlarmCode::kPersist, text});
    return close(CloseReason::kPersist, text, out);
  }
  if (receiver_.data_through() != peer_.data_through) report_peer(out);
  if (config_.role == Role::kHub || std::exchange(hub_noted_, true)) return;
  // What was stored followed what is here: it is the hub that we know, or one that goes on from it.
  const IncarnationId& opening = peer_incarnations_.back().id;
  if (opening != own_.known_hub) out.add(NoteHub{opening});
}

// What was handed out after the failed write is unknown too; a new session starts from the store's
// cursor.
void Session::handle(PersistFailed& event, Now, Actions& out) {
  const std::string text =
      std::string("the store refused ") + stream_name(event.stream) + ": " + event.why;
  out.add(Alarm{AlarmCode::kPersist, text});
  close(CloseReason::kPersist, "the store refused a write", out);
}

void Session::handle(StatusRead& event, Now now, Actions& out) {
  if (!live()) return;
  for (const auto& [stream, end] : event.status.ends) sender_.on_appended(stream, end, out);
  for (const auto& [stream, safe] : event.status.safe) receiver_.on_safe(stream, safe);
  protocol::Ping ping;
  ping.now = hlt_of(now.wall);
  ping.through = event.status.through;
  ping.pending = sender_.pending();
  ping.oldest_pending_at = event.status.oldest_pending_at;
  ping.sends = sender_.announcements();
  ping.marks = receiver_.marks();
  ping.window = receiver_.window();
  out.send(std::move(ping));
}

void Session::handle(Stop& event, Now, Actions& out) {
  close(event.reason, close_reason_name(event.reason), out);
}

void Session::handle(Tick&, Now now, Actions& out) {
  const bool unanswered = state_ == State::kHandshake || state_ == State::kAnswered;
  if (unanswered && now.mono >= heard_at_ + kHandshakeMs) {
    return close(CloseReason::kHandshake, "nothing in time", out);
  }
  if (!live()) return;
  if (now.mono >= heard_at_ + kSilentAfterMs)
    return close(CloseReason::kSilent, "nothing heard", out);
  if (now.mono < ping_due_) return;
  ping_due_ = now.mono + kPingEveryMs;
  out.add(QueryStatus{});
}

SecondSession judge_second_session(const IncarnationId& live, std::int64_t silent_ms,
                                   const IncarnationId& arriving) {
  const bool ghost = silent_ms >= kGhostAfterMs;
  return arriving == live || ghost ? SecondSession::kReplaces : SecondSession::kRefused;
}

}  // namespace opora::sync
