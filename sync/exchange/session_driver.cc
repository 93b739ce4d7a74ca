#include "sync/exchange/session_driver.h"

#include <utility>

#include "protocol/codec/link_codec.h"

namespace opora::sync {

SessionDriver::SessionDriver(SessionConfig config, const LinkPorts& ports, const LoopHost& host,
                             Transmit transmit, Changed changed)
    : config_(std::move(config)),
      ports_(ports),
      host_(host),
      transmit_(std::move(transmit)),
      changed_(std::move(changed)),
      session_(config_) {}

void SessionDriver::start() {
  const bool site = config_.role == Role::kSite;
  Connected connected;
  for (StreamKind stream : site ? streams_up() : streams_down()) {
    connected.sends.push_back({stream, ports_.source.end(stream, config_.peer)});
  }
  for (StreamKind stream : site ? streams_down() : streams_up()) {
    if (stream == StreamKind::kRecall) continue;
    connected.receives.push_back(ports_.sink.cursor(stream, config_.peer));
  }
  if (const auto recall = site ? ports_.sink.recall() : std::nullopt) {
    connected.receives.push_back(*recall);
    connected.recall = ports_.sink.recall_end();
  }
  if (site) {
    connected.known_hub = ports_.sink.known_hub();
    connected.afresh_until = ports_.sink.afresh().until;
  } else {
    connected.fork = ports_.source.fork(config_.peer);
  }
  connected.history = ports_.source.history(config_.peer);
  connected.incarnations = ports_.source.incarnations();
  deliver(std::move(connected));
}

void SessionDriver::frame(std::string_view bytes) {
  auto frame = protocol::decode_frame(bytes);
  if (frame.ok()) return deliver(Received{std::move(frame).value()});
  deliver(Malformed{frame.error().path + ": " + frame.error().message});
}

void SessionDriver::appended(StreamKind stream) {
  deliver(Appended{stream, ports_.source.end(stream, config_.peer).pos});
}

// An action may be answered at once; its answer waits here until the step's other actions are
// carried out.
void SessionDriver::deliver(SessionEvent event) {
  events_.push_back(std::move(event));
  if (stepping_) return;
  stepping_ = true;
  while (!events_.empty()) {
    SessionEvent next = std::move(events_.front());
    events_.pop_front();
    Actions actions = session_.step(std::move(next), {host_.steady(), ports_.clock.now()});
    wake_at_ = actions.wake_at;
    for (Action& action : actions.list) std::visit([this](auto& a) { perform(a); }, action);
  }
  stepping_ = false;
  changed_();
}

void SessionDriver::perform(Send& action) {
  if (!transmit_(protocol::encode_frame(action.frame))) deliver(Disconnected{});
}

void SessionDriver::perform(Fetch& action) {
  auto fetched = ports_.source.fetch(action.stream, config_.peer, action.from, action.max_bytes);
  if (!fetched.ok())
    return deliver(FetchFailed{action.stream, action.from, fetched.error().message});
  deliver(Fetched{action.stream, action.from, fetched->before, std::move(fetched->entries)});
}

void SessionDriver::perform(QueryChain& action) {
  deliver(ChainAt{action.stream, action.pos,
                  ports_.source.chain_at(action.stream, config_.peer, action.pos)});
}

void SessionDriver::perform(QueryStatus&) {
  deliver(StatusRead{ports_.source.status(config_.peer)});
}

void SessionDriver::perform(Persist& action) {
  auto done = [post = host_.post, self = weak_from_this(),
               stream = action.stream](Result<PersistedTo> result) {
    post([self, stream, result = std::move(result)] {
      const auto driver = self.lock();
      if (!driver) return;
      if (result.ok()) {
        driver->deliver(Persisted{stream, result->durable, result->safe});
      } else {
        driver->deliver(PersistFailed{stream, result.error().message});
      }
    });
  };
  ports_.sink.persist(action.stream, config_.peer, std::move(action.entries), std::move(done));
}

// The next session carries it out.
void SessionDriver::perform(BeginRecall& action) {
  ports_.sink.begin_recall(action);
  deliver(Stop{protocol::CloseReason::kStopping});
}

void SessionDriver::perform(NoteFork& action) { ports_.sink.note_fork(config_.peer, action.fork); }

void SessionDriver::perform(NoteHub& action) { ports_.sink.note_hub(action.opening); }

void SessionDriver::perform(ResendKeys& action) {
  ports_.sink.resend_keys(action.cursor);
  deliver(Stop{protocol::CloseReason::kStopping});
}

// As for a recall.
void SessionDriver::perform(StartAfresh& action) {
  ports_.sink.start_afresh(action);
  deliver(Stop{protocol::CloseReason::kStopping});
}

void SessionDriver::perform(PeerUp& action) {
  was_up_ = true;
  ports_.observer.connected(config_.peer, action.info);
}

void SessionDriver::perform(Acked& action) {
  ports_.observer.acked(config_.peer, action.stream, action.durable, action.safe);
}

void SessionDriver::perform(PeerReport& action) {
  ports_.observer.peer_status(config_.peer, action.status);
}

void SessionDriver::perform(Alarm& action) {
  ports_.observer.alarm(config_.peer, action.code, action.text);
}

void SessionDriver::perform(QueryFiles& action) {
  if (ports_.files == nullptr) return deliver(FilesRead{});
  deliver(ports_.files->files(config_.peer, action.after));
}

void SessionDriver::perform(ReadChunk& action) {
  std::optional<Bytes> bytes;
  if (ports_.files != nullptr) bytes = ports_.files->chunk(config_.peer, action.file, action.place);
  deliver(ChunkRead{action.file, action.place, std::move(bytes)});
}

void SessionDriver::perform(StoreChunk& action) {
  if (ports_.files == nullptr)
    return deliver(ChunkStored{action.file, action.place, StoredChunk::kRefused});
  auto done = [post = host_.post, self = weak_from_this(), file = action.file,
               place = action.place](StoredChunk what) {
    post([self, file, place, what] {
      if (const auto driver = self.lock()) driver->deliver(ChunkStored{file, place, what});
    });
  };
  ports_.files->store(action.file, action.place, std::move(action.bytes), std::move(done));
}

void SessionDriver::perform(QueryHeld& action) {
  FilesHeld held;
  if (ports_.files != nullptr) held.files = ports_.files->held(config_.peer, action.files);
  deliver(std::move(held));
}

void SessionDriver::perform(NoteInRegion& action) {
  if (ports_.files != nullptr) ports_.files->note_in_region(action.files);
}

void SessionDriver::perform(Close& action) {
  close_text_ = action.text;
  if (was_up_) ports_.observer.disconnected(config_.peer, action.reason, action.text);
}

}  // namespace opora::sync
