// EngineCore: the one writer of a store. Takes commands and received entries in groups, decides,
// appends to the journal, folds, commits once with a sync, and only then answers all of them (group
// commit without locks).
//
// States. Open → (a failed commit) → Failed. In Failed nothing is answered with ok any more: the
// outcome of the last group is unknown, the owner must stop and open the store again; a retry with
// the same command id is then safe. Invariants. An answer of ok follows a synced commit; whoever
// has it finds what it says in a snapshot taken then (kv.h). Positions of the own journal are dense
// and chained. A received entry, its effect and the cursor behind it are in one transaction. While
// more of what piled up elsewhere waits, a slice of it is committed beside the folding of the next.
// Limits: see the constants. Single-threaded; Engine (engine.h) gives it a thread, the simulator
// calls it directly.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/hash.h"
#include "protocol/domain/decide.h"
#include "sync/engine/recall.h"
#include "sync/engine/recent_keys.h"
#include "sync/journal/commit_beside.h"
#include "sync/journal/sealed_event.h"
#include "sync/projection/projection.h"

namespace opora::sync {

// What one answer carries back to the adapter that asked; stored with the command id, so that a
// retry gets it again.
using Answer = Bytes;

struct CommandKey {
  CommandId id;    // hash of user and Idempotency-Key
  ChainHash body;  // hash of the request: the same key with another body is refused (kKeyReused)
  std::optional<TimeMs> time{};  // that the key carries, if it does
};

class EngineCore;

// What a decision may read and what it says. Valid only inside Command::decide.
class Decision {
 public:
  Decision(EngineCore& engine, Projection& projection, Transaction& txn, CommandId command);

  const protocol::Entity& load(protocol::Kind kind, const AggregateId& id) {
    return projection_.load(kind, id);
  }
  // Index rows as of the last command, this group's included.
  const Reader& rows();
  protocol::DecideContext context() const;
  std::uint32_t next_ticket_counter() const;
  // All drafts take effect together after decide returned ok, and none if it returned an error.
  void emit(protocol::Drafts drafts);
  // A row of Table::kMeta beside the journal (enrolment codes, sessions): same transaction, not
  // replicated.
  void put_meta(std::string_view key, std::string_view value);
  void erase_meta(std::string_view key);
  // What was said so far.
  const protocol::Drafts& drafts() const { return drafts_; }
  // Rows beside the journal that are not kMeta's (files.h), in the same transaction, behind the
  // drafts.
  using Write = std::function<void(Transaction&)>;
  void write(Write write) { writes_.push_back(std::move(write)); }

 private:
  friend class EngineCore;
  EngineCore& engine_;
  Projection& projection_;
  Transaction& txn_;
  CommandId command_;
  std::optional<TimeMs> key_time_;
  protocol::Drafts drafts_;
  std::vector<std::pair<Bytes, std::optional<Bytes>>> meta_;
  std::vector<Write> writes_;
};

// The earliest moment for a command's answer.
enum class AnswerAt : std::uint8_t {
  kRows,  // what it did can be read: done may take a snapshot
  kSync,  // it is durable: done says what decide answered and reads nothing
};

struct Command {
  std::optional<CommandKey> key;  // nothing: not idempotent by key (its events are by themselves)
  AggregateId actor;              // user; zeros for the system
  std::function<Result<Answer>(Decision&)> decide;
  std::function<void(Result<Answer>)> done;  // after the sync, engine's thread, exactly once
  AnswerAt answer_at = AnswerAt::kRows;
};

// What a peer sent, to be stored, applied and acknowledged. Entries at or below the cursor are
// skipped (a session that broke may leave batches under way which the next one repeats); a gap or a
// chain that does not follow refuses the rest with kConflict.
struct ReceivedBatch {
  Stream stream = Stream::kJournal;
  SiteNo peer;
  std::vector<Entry> entries;  // at least one
  // After the sync of the last entry, exactly once: the cursor, which may be beyond the batch.
  // Reads nothing, as with AnswerAt::kSync.
  std::function<void(Result<StreamHead>)> done;
  // With kRecall: what they belong to. With a site's own kJournalKeys, and no entries: the order to
  // send its keys again, behind the hub's cursor.
  std::optional<RecallPlan> recall{};
  // Whose word the chains of the entries are: in the second case only the first is looked at.
  enum class Chains : std::uint8_t { kClaimed, kComputedHere };
  Chains chains = Chains::kClaimed;
  // By prepare(), of the entries that are records; empty: not prepared.
  std::vector<Result<SealedEvent>> records{};
  // Kept by the engine: how far it is, the cursor there, why it stopped early.
  std::size_t applied = 0;
  StreamHead cursor{};
  std::optional<Error> refused{};
  bool finished() const { return applied == entries.size() || refused.has_value(); }
};
// Does what of the work on a batch needs no store: so that another thread than the engine's can.
void prepare(ReceivedBatch& batch, const protocol::Vocabulary& vocabulary);
// Whether the next entry to apply follows the cursor.
bool next_follows(const ReceivedBatch& batch, const StreamHead& cursor);

// Told about everything that happens to the journal, inside the transaction (the hub routes from
// here) and after it.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  // A record was appended or received, and folded.
  virtual void on_event(Transaction&, const protocol::Event&, const JournalRef&) {}
  virtual void on_key(Transaction&, const AggregateId&) {}
  // The peer that began it holds another key than the one that opens what is here. Inside the
  // transaction.
  virtual void on_key_refused(Transaction&, SiteNo /*peer*/, const AggregateId&) {}
  // After on_event, for a record that a peer sent: what this side has to say to it (the region
  // changes owners) is decided here and takes effect in the same transaction, in the name of
  // whoever caused the record.
  virtual void on_received(Transaction&, Decision&, const protocol::Event&) {}
  struct Committed {
    const std::set<Projection::Touched>& touched;
    StreamPos journal_end;
  };
  // All of a group was told by the calls above, and all groups before it were answered: what comes
  // by those calls from here on may belong to the next group, while this one's commit goes on.
  virtual void on_folded() {}
  // The group is durable and not answered yet: what an answer promises must hold from here on
  // (a revoked token, say). Engine's thread; everybody in the group waits for it.
  virtual void on_committed(const Committed&) {}
  // The group is answered: the place to wake others. Engine's thread; must not block.
  virtual void on_answered(const Committed&) {}
  // What this site had lost of its journal is here, or all that a restored hub sends again: the
  // owner ends the process, the next start puts it into place. Engine's thread; must not block.
  virtual void on_recalled() {}
  // A received entry was set aside: it breaks the rules (quarantined) or does not decode (parked).
  virtual void on_set_aside(Stream, SiteNo, StreamPos, const std::string& /*reason*/) {}
};

struct EngineSettings {
  SiteNo site;
  protocol::SiteKey site_key;
  protocol::ZoneOffset zone_offset;
  protocol::Vocabulary vocabulary{};
};

// Commands in one group: 64 desks' worth of simultaneous saves with room to spare; bounds the wait
// of the first.
inline constexpr std::size_t kMaxGroup = 256;
// Received entries go in slices, local commands first: a catch-up must not be felt at a desk.
// Entries are cheap and alike, so that a slice is counted; slice_pace.h says who counts further.
inline constexpr std::size_t kRemoteSlice = 256;
// No event is older than what was promised when that is ahead of clock and last event by no more
// than this. A clock that ran ahead by more was believed by no peer (kMaxClockLeadMs), and must not
// date what follows.
inline constexpr std::int64_t kMaxPromiseLeadMs = 10 * 60'000;

// Whether the queue has more entries than this turn takes.
enum class Backlog : std::uint8_t { kNone, kMore };

class EngineCore {
 public:
  // Reads the heads, starts a new incarnation and commits it. The store, clock, random and observer
  // outlive it.
  static Result<std::unique_ptr<EngineCore>> open(Store& store, EngineSettings settings,
                                                  const Clock& clock, Random& random,
                                                  EngineObserver& observer);

  // One group: all of `commands` (at most kMaxGroup), then `slice` entries from the front of
  // `batches`. Calls the done of the commands and of the batches that are finished. Returns the
  // commit's status; after an error the core is Failed.
  // With a backlog and without commands the commit goes on beside the next run, which returns its
  // status and calls its dones; or settle() does.
  Status run(std::vector<Command>& commands, std::span<ReceivedBatch* const> batches,
             Backlog backlog = Backlog::kNone, std::size_t slice = kRemoteSlice);
  // Waits for a commit that still goes on.
  Status settle();
  bool commit_goes_on() const { return pending_.has_value(); }

  // A slice of what came while this store's daemon was of a version that could not read it
  // (sync/journal/unread.h), as a turn of its own; from the moment on that the observer is ready.
  Status read_unread();
  bool has_readable() const { return !readable_.empty(); }

  // A peer is being told that it has everything up to this time: what happens from now on is later,
  // also when the clock is set back. Any thread.
  void promise(TimeMs through);

  const Vault& vault() const { return vault_; }
  SiteNo site() const { return settings_.site; }
  bool failed() const { return failed_; }
  StreamPos journal_end() const { return head_.pos; }
  HybridClock& clock() { return hlc_; }
  StreamWriter& streams() { return streams_; }

 private:
  friend class Decision;
  EngineCore(Store& store, EngineSettings settings, const Clock& clock, Random& random,
             EngineObserver& observer);
  // A batch that is finished: what its sender is told, and how.
  struct Reply {
    std::function<void(Result<StreamHead>)> done;
    Result<StreamHead> what;
  };
  // What a turn has decided, and whom it has told.
  struct Turn {
    std::vector<Command>& commands;
    std::span<ReceivedBatch* const> batches;
    std::vector<Result<Answer>> answers{};  // one a command; none when the core has failed before
    std::vector<Reply> replies{};
    bool durable = false;
  };
  // A turn whose commit goes on.
  struct Pending {
    CommitWaiter commit;
    std::vector<Reply> replies;
    std::set<Projection::Touched> touched;
    StreamPos journal_end;
  };
  Status start_incarnation();
  Status commit(Turn& turn, Transaction& txn, const EngineObserver::Committed& committed);
  void tell_durable(Turn& turn, const EngineObserver::Committed& committed);
  static void collect_replies(Turn& turn);
  static void answer(Turn& turn, AnswerAt when);
  static void refuse(Turn& turn);
  std::uint32_t first_counter(Transaction& txn) const;
  Result<Answer> run_command(Transaction& txn, Projection& projection, Command& command);
  Result<Answer> decide(Transaction& txn, Projection& projection, Command& command);
  // All that a decision said takes effect, or nothing when one draft is refused.
  Status carry_out(Transaction& txn, Projection& projection, Decision& decision,
                   const AggregateId& actor);
  void answer_received(Transaction& txn, Projection& projection, const protocol::Event& event);
  Status check_key(const Transaction& txn, Projection& projection, const protocol::Draft& draft);
  // A draft that passed every check, as bytes.
  struct Checked {
    protocol::Draft draft;
    Bytes facts;
    Bytes personal;  // in the clear
  };
  Result<Checked> check(const Transaction& txn, Projection& projection, protocol::Draft draft);
  void append(Transaction& txn, Projection& projection, const CommandId& command,
              const AggregateId& actor, Checked checked);
  TimeMs event_time() const;
  Bytes seal(Transaction& txn, Projection& projection, const AggregateId& aggregate,
             const Bytes& personal, StreamPos n);
  void receive_slice(Transaction& txn, Projection& projection,
                     std::span<ReceivedBatch* const> batches, std::size_t room);
  std::size_t receive(Transaction& txn, Projection& projection, ReceivedBatch& batch,
                      std::size_t at_most);
  void receive_record(Transaction& txn, Projection& projection, ReceivedBatch& batch,
                      const Entry& entry);
  void fold(Transaction& txn, Projection& projection, const protocol::Event& event,
            const JournalRef& ref);
  std::optional<protocol::DataKey> find_key(const Reader& rows, const AggregateId& id);
  void receive_key(Transaction& txn, Projection& projection, const ReceivedBatch& batch,
                   const Entry& entry);
  void refuse_key(Transaction& txn, Projection& projection, SiteNo peer, const AggregateId& id);
  void set_aside(Transaction& txn, const ReceivedBatch& batch, const Entry& entry,
                 const std::string& reason);
  void find_readable(const Reader& rows);
  void read_again(Transaction& txn, Projection& projection, const JournalRef& ref);
  Status may_be_folded(Projection& projection, const protocol::Event& event) const;
  void refuse(Transaction& txn, const JournalRef& ref, const Error& why);

  Store& store_;
  CommitsBeside* const beside_;  // the same, or null: it cannot
  EngineSettings settings_;
  const Clock& clock_;
  Random& random_;
  EngineObserver& observer_;
  Vault vault_;
  StreamWriter streams_;
  HybridClock hlc_;
  std::atomic<std::int64_t> promised_{0};
  EntityCache entities_;
  RecentKeys recent_keys_;
  IncarnationId incarnation_;
  StreamHead head_;
  std::uint32_t next_counter_ = 1;
  std::optional<Pending> pending_;
  std::deque<JournalRef> readable_;  // of what is listed as unread
  bool failed_ = false;
  bool recalled_ = false;  // said once
};

}  // namespace opora::sync
