// Projection: folds events into entity, personal, index, cube and history rows inside one store
// transaction. The same rows come out of any order of arrival and of a replay from scratch
// (rebuild.h checks that). Owned by the engine for one transaction, engine's thread only.
//
// Entities are kept in memory until flush(), so that a batch that touches one aggregate often
// writes its rows once and moves its counters by contribution(after) − contribution(before).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/domain/facets.h"
#include "protocol/domain/fold.h"
#include "sync/journal/known_ids.h"
#include "sync/journal/streams.h"
#include "sync/journal/vault.h"

namespace opora::sync {

// What outlives a transaction. Decoded entities: the rubricator, which every contact is checked
// against and which takes longer to decode than all the rest of a decision, and the sites, whose
// desks are looked at as often. And who is erased or waits for a key, which nearly nobody is or
// does. What is kept is as of the last commit or of the group under way; after a failed commit the
// engine is done with it.
class EntityCache {
 public:
  EntityCache();
  // A region's sites and some more; what does not fit is read again each time.
  static constexpr std::size_t kMaxKept = 1'024;

  static bool keeps(protocol::Kind kind) {
    return kind == protocol::Kind::kRubricator || kind == protocol::Kind::kSite;
  }
  const protocol::Entity* find(protocol::Kind kind, const AggregateId& id) const {
    const auto found = kept_.find({kind, id});
    return found == kept_.end() ? nullptr : &found->second;
  }
  // What comes back is the kept one, or the given one when there is no room.
  const protocol::Entity& keep(const protocol::Entity& entity) {
    if (kept_.size() >= kMaxKept) return entity;
    return kept_.insert_or_assign({entity.kind, entity.id}, entity).first->second;
  }
  void forget(protocol::Kind kind, const AggregateId& id) { kept_.erase({kind, id}); }

  KnownIds erased;
  KnownIds waiting;

 private:
  std::map<std::pair<protocol::Kind, AggregateId>, protocol::Entity> kept_;
};

class Projection {
 public:
  // Without a cache every entity is read from its row.
  Projection(Transaction& txn, const Vault& vault, EntityCache* cache = nullptr)
      : txn_(txn), vault_(vault), cache_(cache) {}

  // As of all that was applied here; valid until the next apply().
  const protocol::Entity& load(protocol::Kind kind, const AggregateId& id);

  void apply(const protocol::Event& event, const JournalRef& ref);
  // The key of an aggregate came after its events: opens what waited for it.
  void key_arrived(const AggregateId& aggregate);
  // True once an erasure of this aggregate was applied, whether or not the aggregate is here yet.
  bool is_erased(const AggregateId& aggregate);
  // True while sealed events of this aggregate wait for a key that opens them.
  bool awaits_key(const AggregateId& aggregate);
  // Another key took the place of the first: what it does not open waits again.
  void key_replaced(const AggregateId& aggregate);
  // Whether the key that is here is not the one that this aggregate was begun under: nothing of
  // what it began with opens with it, and either nothing at all does or `to` opens some. Or none of
  // its own data is here, only what was added, and the region says which key it has.
  enum class KeyFrom : std::uint8_t { kSite, kRegion };
  bool gives_way(const AggregateId& aggregate, const protocol::DataKey& to, KeyFrom from);
  // Writes all rows that changed. Index and cube rows are true only after it.
  void flush();

  struct Touched {
    protocol::Kind kind;
    AggregateId id;
    auto operator<=>(const Touched&) const = default;
  };
  // Everything that changed so far, for those who tell others about it after the commit.
  const std::set<Touched>& touched() const { return touched_; }

 private:
  struct Slot {
    protocol::Entity entity;
    std::optional<protocol::Facets> before;  // as the rows have it; taken at the first change
    bool dirty = false;
  };
  Slot& slot(protocol::Kind kind, const AggregateId& id);
  Slot& change(protocol::Kind kind, const AggregateId& id);
  void erase(const AggregateId& target);
  void refold(Slot& slot);
  void await_key(const protocol::Event& event, const JournalRef& ref);
  void show_anew(protocol::Kind kind, const AggregateId& aggregate,
                 const std::vector<protocol::Event>& events);
  void want(const protocol::Event& event);
  bool opens(const protocol::Event& event, const protocol::DataKey& key) const;
  std::vector<Bytes> waiting_rows(const AggregateId& aggregate);
  bool no_longer_waits(const AggregateId& aggregate, const Bytes& row);
  void write(Slot& slot);
  void write_index(const protocol::Facets& before, const protocol::Facets& after);
  void add_cubes(const protocol::Facets& facets, std::int64_t sign);
  void write_cubes();

  Transaction& txn_;
  const Vault& vault_;
  EntityCache* const cache_;
  struct TouchedHash {
    std::size_t operator()(const Touched& one) const {
      return std::hash<AggregateId>{}(one.id) + static_cast<std::size_t>(one.kind);
    }
  };
  std::unordered_map<Touched, Slot, TouchedHash> slots_;
  std::vector<Slot*> dirty_;
  std::unordered_map<Bytes, protocol::Counters> cube_deltas_;
  std::set<Touched> touched_;
};

// Decodes a row of kEntity; nothing when it is malformed. The personal part is a row of its own.
std::optional<protocol::Entity> entity_from_row(std::string_view key, std::string_view value);

// Reads one entity from a snapshot (any thread). Absent: state is monostate.
protocol::Entity read_entity(const Reader& rows, protocol::Kind kind, const AggregateId& id);

// The events of one aggregate in canonical order (tickets, problems, users and sites keep a
// history).
std::vector<protocol::Event> read_history(const Reader& rows, const Vault& vault,
                                          const AggregateId& id);

}  // namespace opora::sync
