// A site, the hub and a line between them that does everything lines do, in simulated time: one
// seed decides all of it.
//
// The sessions are the real ones; the loops around them do what the replicators do. Messages are
// lost, repeated, delayed and reordered; connections break on one side first; processes crash and
// forget what was not synced; writes fail; rights to what waits for the site end and come back; one
// side may be of the version before. Every step is checked against what must always hold; after a
// quiet phase, in which whoever is older was updated, both sides must be equal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/session.h"
#include "tests/sim/dice.h"
#include "tests/support/memory_streams.h"

namespace opora::sync::testing {

using sim::Dice;

// In percent of the messages or writes.
struct Faults {
  std::uint64_t drop = 0;
  std::uint64_t repeat = 0;
  std::uint64_t write_fails = 0;
  std::int64_t delay_max_ms = 5;
};

// A deliberate mistake of the loop around the session, to show that the checks can fail.
enum class Planted {
  kNone,
  kAnswerBeforeSync,  // Persisted is said when the write is handed over
  kCursorAhead,       // the cursor says more than is stored
  kOtherRecord,       // what the store hands out is not what was appended
  kForgottenAtSend,   // what was withdrawn while it waited is sent all the same
};

struct Counts {
  std::uint64_t appended = 0;
  std::uint64_t messages = 0;
  std::uint64_t lost = 0;
  std::uint64_t repeated = 0;
  std::uint64_t cuts = 0;
  std::uint64_t crashes = 0;
  std::uint64_t failed_writes = 0;
  std::uint64_t sessions = 0;
  std::uint64_t withdrawn = 0;    // messages that passed over entries
  std::uint64_t older = 0;        // sessions between two versions of the link
  std::uint64_t stopped_old = 0;  // in front of what the older one cannot pass over
  std::size_t most_in_flight = 0;
  std::uint64_t trace = 0;  // the same for the same seed
};

class World {
 public:
  explicit World(std::uint64_t seed, Planted planted = Planted::kNone);
  ~World();

  // Faults while records appear, then peace.
  void run();
  // What was wrong, in words; empty: nothing.
  const std::vector<std::string>& violations() const { return violations_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Process;
  using Job = std::function<void()>;

  void after(std::int64_t delay_ms, Job job);
  void run_until(std::int64_t time_ms);
  Now now() const;
  void wrong(const std::string& what);

  // What happens.
  void plan_faults();
  void append_one();
  void append(Process& process, StreamKind stream, std::size_t size);
  void change_rights();
  void upgrade(Process& process);
  void connect();
  void cut();
  void crash(Process& process);

  // What the loops do.
  void begin_session(Process& process);
  void drop_session(Process& process);
  void step(Process& process, SessionEvent event);
  void perform(Process& process, Action& action, std::vector<SessionEvent>& answers);
  void persist(Process& process, Persist& write);
  void sync_one(Process& process);
  void transmit(Process& from, const protocol::Frame& frame);
  void arrive(Process& to, std::uint64_t connection, const protocol::Frame& frame);
  void tick_later(Process& process);

  // What must hold.
  void check_frame(Process& from, const protocol::Frame& frame);
  void check_rights(Process& from, const protocol::Batch& batch);
  void check_mark(Process& from, StreamKind stream, StreamPos durable);
  void check_in_flight(Process& process);
  void check_stored(Process& process, StreamKind stream);
  void check_equal(Process& from, Process& to);
  Process& other(Process& process);

  Dice dice_;
  Planted planted_;
  Faults faults_;
  bool large_ = false;  // records of up to a batch, so that the window matters
  bool quiet_ = false;
  std::int64_t now_ms_ = 0;
  std::uint64_t order_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, Job> jobs_;
  std::uint64_t line_ = 0;  // the standing connection; 0: none
  std::uint64_t lines_ = 0;
  std::unique_ptr<Process> site_;
  std::unique_ptr<Process> hub_;
  std::vector<std::string> violations_;
  Counts counts_;
};

}  // namespace opora::sync::testing
