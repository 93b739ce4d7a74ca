// The replicator's ports over plain memory, for tests: the streams of one process. Any thread.
//
// Writes complete at once, or, when held, one by one when the test says so; a crash forgets those
// that did not complete.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "sync/exchange/ports.h"

namespace opora::sync::testing {

class MemoryStreams final : public StreamSource, public StreamSink {
 public:
  explicit MemoryStreams(std::uint8_t incarnation = 1) { reopen(incarnation); }

  // The sending side.

  StreamPos append(StreamKind stream, SiteNo peer, Bytes bytes) {
    const std::lock_guard lock(mutex_);
    return push(sent_[key(stream, peer)], stream, std::move(bytes));
  }
  // Another history from `pos` on: a store restored from a backup, or a clone.
  void forget_after(StreamKind stream, SiteNo peer, StreamPos pos) {
    const std::lock_guard lock(mutex_);
    sent_[key(stream, peer)].resize(pos.v);
  }
  // One bit of a stored entry turns over; its chain stays.
  void damage(StreamKind stream, SiteNo peer, StreamPos pos) {
    const std::lock_guard lock(mutex_);
    sent_[key(stream, peer)].at(pos.v - 1).bytes[0] ^= 1;
  }
  // The stream begins behind a place that only its receiver had.
  void begin_behind(StreamKind stream) {
    const std::lock_guard lock(mutex_);
    behind_.insert(stream);
  }
  // Not the peer's to have any more, or again.
  void withdraw(StreamKind stream, SiteNo peer, StreamPos pos, std::uint32_t withdrawn = 1) {
    const std::lock_guard lock(mutex_);
    sent_[key(stream, peer)].at(pos.v - 1).withdrawn = withdrawn;
  }
  bool is_withdrawn(StreamKind stream, SiteNo peer, StreamPos pos) const {
    const std::lock_guard lock(mutex_);
    return at(sent_, stream, peer).at(pos.v - 1).withdrawn != 0;
  }
  void repair(StreamKind stream, SiteNo peer, StreamPos pos) { damage(stream, peer, pos); }
  void fail_reads(std::string why) {
    const std::lock_guard lock(mutex_);
    read_error_ = std::move(why);
  }
  // Bytes of the entries above `from` up to `to` that are not withdrawn.
  std::size_t bytes_between(StreamKind stream, SiteNo peer, StreamPos from, StreamPos to) const {
    const std::lock_guard lock(mutex_);
    const auto& entries = at(sent_, stream, peer);
    std::size_t bytes = 0;
    for (std::size_t i = from.v; i < to.v && i < entries.size(); ++i)
      if (entries[i].withdrawn == 0) bytes += entries[i].bytes.size();
    return bytes;
  }
  std::vector<Bytes> sent(StreamKind stream, SiteNo peer) const {
    const std::lock_guard lock(mutex_);
    return bytes_of(at(sent_, stream, peer));
  }
  // The store is opened again, under a new incarnation.
  void reopen(std::uint8_t incarnation) {
    const std::lock_guard lock(mutex_);
    protocol::Incarnation opened;
    opened.id.b.fill(incarnation);
    opened.start = StreamPos{at(sent_, StreamKind::kJournal, kHubSite).size() + 1};
    incarnations_.push_back(opened);
  }

  StreamEnd end(StreamKind stream, SiteNo peer) const override {
    const std::lock_guard lock(mutex_);
    return end_of(at(sent_, stream, peer));
  }
  Result<FetchedEntries> fetch(StreamKind stream, SiteNo peer, StreamPos from,
                               std::size_t max_bytes) const override {
    const std::lock_guard lock(mutex_);
    if (!read_error_.empty()) return Error{Code::kCorrupt, "", read_error_};
    const auto& entries = at(sent_, stream, peer);
    FetchedEntries out;
    if (from.v > 1) out.before = entries.at(from.v - 2).chain;
    std::size_t bytes = 0;
    for (std::size_t i = from.v - 1;
         i < entries.size() && out.entries.size() < protocol::kMaxBatchEntries; ++i) {
      if (entries[i].withdrawn != entries[from.v - 1].withdrawn) break;
      bytes += entries[i].bytes.size();
      if (bytes > max_bytes && !out.entries.empty()) break;
      out.entries.push_back(entries[i]);
      if (entries[i].withdrawn != 0) out.entries.back().bytes = instead_of(stream, entries[i]);
    }
    return out;
  }
  std::optional<ChainHash> chain_at(StreamKind stream, SiteNo peer, StreamPos pos) const override {
    const std::lock_guard lock(mutex_);
    const auto& entries = at(sent_, stream, peer);
    if (pos.v == 0) return behind_.contains(stream) ? std::nullopt : std::optional(ChainHash{});
    if (pos.v > entries.size()) return std::nullopt;
    return entries[pos.v - 1].chain;
  }
  std::vector<protocol::Incarnation> incarnations() const override {
    const std::lock_guard lock(mutex_);
    return incarnations_;
  }
  std::vector<protocol::Incarnation> history(SiteNo) const override { return {}; }
  std::optional<ReceiveState> recall() const override { return std::nullopt; }
  void begin_recall(const BeginRecall&) override { OPORA_CHECK(false); }
  SourceStatus status(SiteNo peer) const override {
    const std::lock_guard lock(mutex_);
    SourceStatus out;
    out.through = through_;
    for (const auto& [k, entries] : sent_) {
      const bool common = k.first == StreamKind::kCommon || k.first == StreamKind::kCommonKeys;
      if (common || k.second == peer) out.ends.emplace_back(k.first, StreamPos{entries.size()});
    }
    return out;
  }
  void set_through(Hlt through) {
    const std::lock_guard lock(mutex_);
    through_ = through;
  }

  // The receiving side.

  ReceiveState cursor(StreamKind stream, SiteNo peer) const override {
    const std::lock_guard lock(mutex_);
    return {stream, end_of(at(received_, stream, peer)), StreamPos{}};
  }
  std::vector<Bytes> received(StreamKind stream, SiteNo peer) const {
    const std::lock_guard lock(mutex_);
    return bytes_of(at(received_, stream, peer));
  }
  Bytes received_at(StreamKind stream, SiteNo peer, StreamPos pos) const {
    const std::lock_guard lock(mutex_);
    return at(received_, stream, peer).at(pos.v - 1).bytes;
  }
  std::size_t received_count(StreamKind stream, SiteNo peer) const {
    const std::lock_guard lock(mutex_);
    return at(received_, stream, peer).size();
  }

  void persist(StreamKind stream, SiteNo peer, std::vector<Entry> entries,
               std::function<void(Result<PersistedTo>)> done) override {
    Write write{stream, peer, std::move(entries), std::move(done)};
    {
      const std::lock_guard lock(mutex_);
      if (held_) {
        writes_.push_back(std::move(write));
        return;
      }
    }
    complete(write);
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    while (complete_one()) {
    }
  }
  // The oldest waiting write becomes durable and is answered.
  bool complete_one() {
    Write write;
    {
      const std::lock_guard lock(mutex_);
      if (writes_.empty()) return false;
      write = std::move(writes_.front());
      writes_.pop_front();
    }
    complete(write);
    return true;
  }
  std::size_t waiting_writes() const {
    const std::lock_guard lock(mutex_);
    return writes_.size();
  }
  // Power off: writes under way are gone and nobody is answered.
  void crash() {
    const std::lock_guard lock(mutex_);
    writes_.clear();
  }
  void fail_next_write() {
    const std::lock_guard lock(mutex_);
    fail_next_ = true;
  }

 private:
  using Key = std::pair<StreamKind, SiteNo>;
  using Entries = std::vector<Entry>;
  struct Write {
    StreamKind stream{};
    SiteNo peer;
    Entries entries;
    std::function<void(Result<PersistedTo>)> done;
  };

  static Key key(StreamKind stream, SiteNo peer) {
    const bool common = stream == StreamKind::kCommon || stream == StreamKind::kCommonKeys;
    return {stream, common ? kHubSite : peer};
  }
  static const Entries& at(const std::map<Key, Entries>& map, StreamKind stream, SiteNo peer) {
    static const Entries kNone;
    const auto it = map.find(key(stream, peer));
    return it == map.end() ? kNone : it->second;
  }
  static StreamEnd end_of(const Entries& entries) {
    return entries.empty() ? StreamEnd{} : StreamEnd{entries.back().pos, entries.back().chain};
  }
  static std::vector<Bytes> bytes_of(const Entries& entries) {
    std::vector<Bytes> out;
    for (const Entry& entry : entries) out.push_back(entry.bytes);
    return out;
  }
  // Of a key, the aggregate.
  static Bytes instead_of(StreamKind stream, const Entry& entry) {
    return is_keys(stream) ? entry.bytes.substr(0, sizeof(AggregateId)) : Bytes();
  }
  static StreamPos push(Entries& entries, StreamKind stream, Bytes bytes) {
    const ChainHash before = entries.empty() ? ChainHash{} : entries.back().chain;
    const ChainHash chain = chain_next(stream, before, bytes);
    entries.push_back({StreamPos{entries.size() + 1}, chain, std::move(bytes)});
    return entries.back().pos;
  }

  void complete(Write& write) {
    Result<PersistedTo> result = store(write);
    write.done(std::move(result));
  }
  // As the port says: what is there is skipped, a gap or a foreign chain is refused. The chain is
  // computed here anew, so that a session that hands out wrong ones is caught.
  Result<PersistedTo> store(Write& write) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(fail_next_, false)) return Error{Code::kUnavailable, "", "no space left"};
    Entries& entries = received_[key(write.stream, write.peer)];
    for (Entry& entry : write.entries) {
      if (entry.pos.v <= entries.size()) continue;
      if (entry.withdrawn != 0) {
        if (entry.pos.v - entry.withdrawn > entries.size())
          return Error{Code::kConflict, "", "a gap"};
        while (entries.size() < entry.pos.v)
          entries.push_back({StreamPos{entries.size() + 1}, entry.chain, {}, 1});
        continue;
      }
      if (entry.pos.v != entries.size() + 1) return Error{Code::kConflict, "", "a gap"};
      const ChainHash chain = entry.chain;
      push(entries, write.stream, std::move(entry.bytes));
      if (entries.back().chain != chain) {
        entries.pop_back();
        return Error{Code::kConflict, "", "another chain"};
      }
    }
    return PersistedTo{end_of(entries), StreamPos{}};
  }

  mutable std::mutex mutex_;
  std::map<Key, Entries> sent_;
  std::map<Key, Entries> received_;
  std::vector<protocol::Incarnation> incarnations_;
  Hlt through_;
  std::set<StreamKind> behind_;
  std::string read_error_;
  bool held_ = false;
  bool fail_next_ = false;
  std::deque<Write> writes_;
};

}  // namespace opora::sync::testing
