#include "sync/projection/projection.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/check.h"
#include "protocol/domain/recording.h"
#include "sync/journal/files.h"
#include "sync/journal/sealed_event.h"

namespace opora::sync {

using protocol::Entity;
using protocol::Event;
using protocol::Facets;
using protocol::Kind;

namespace {

// Kinds that may hold something of a person: what an erasure has to reach.
constexpr Kind kPersonalKinds[] = {Kind::kCall,           Kind::kContact,  Kind::kTicket,
                                   Kind::kProblem,        Kind::kUser,     Kind::kOverrule,
                                   Kind::kFacilityNotice, Kind::kCallBack, Kind::kRecording};

Bytes entity_key(Kind kind, const AggregateId& id) {
  return KeyWriter().u8(static_cast<std::uint8_t>(kind)).raw(id.view()).take();
}

// 'K' aggregate | journal key: events whose personal part waits for its key.
constexpr char kAwaiting = 'K';
Bytes awaiting_prefix(const AggregateId& id) {
  return KeyWriter().u8(kAwaiting).raw(id.view()).take();
}

Bytes history_key(const Event& event, const JournalRef& ref) {
  return KeyWriter().raw(event.env.aggregate.view()).u64(event.env.hlt.v).raw(ref.key()).take();
}

template <class T>
bool read_state_as(std::string_view row, protocol::State& out) {
  auto value = from_row<T>(row);
  if (!value) return false;
  out = std::move(*value);
  return true;
}

bool read_state(Kind kind, std::string_view row, protocol::State& out) {
  switch (kind) {
    case Kind::kCall: return read_state_as<protocol::CallState>(row, out);
    case Kind::kContact: return read_state_as<protocol::ContactState>(row, out);
    case Kind::kTicket: return read_state_as<protocol::TicketState>(row, out);
    case Kind::kProblem: return read_state_as<protocol::ProblemState>(row, out);
    case Kind::kUser: return read_state_as<protocol::UserState>(row, out);
    case Kind::kSite: return read_state_as<protocol::SiteState>(row, out);
    case Kind::kRubricator: return read_state_as<protocol::RubricatorState>(row, out);
    case Kind::kAgent: return read_state_as<protocol::AgentRowState>(row, out);
    case Kind::kErasure: return read_state_as<protocol::ErasureState>(row, out);
    case Kind::kOverrule: return read_state_as<protocol::OverruleState>(row, out);
    case Kind::kRead: return read_state_as<protocol::ReadState>(row, out);
    case Kind::kProductionYear: return read_state_as<protocol::ProductionYearState>(row, out);
    case Kind::kCalendar: return read_state_as<protocol::CalendarState>(row, out);
    case Kind::kQueue: return read_state_as<protocol::QueueState>(row, out);
    case Kind::kCompetence: return read_state_as<protocol::CompetenceState>(row, out);
    case Kind::kTemplate: return read_state_as<protocol::TemplateState>(row, out);
    case Kind::kFacilityNotice: return read_state_as<protocol::FacilityNoticeState>(row, out);
    case Kind::kCallBack: return read_state_as<protocol::CallBackState>(row, out);
    case Kind::kRecording: return read_state_as<protocol::RecordingState>(row, out);
  }
  return false;
}

Bytes state_row(const protocol::State& state) {
  return std::visit(
      [](const auto& value) -> Bytes {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return {};
        } else {
          return to_row(value);
        }
      },
      state);
}

JournalRef ref_of(const Event& event) {
  return {event.env.origin, event.env.n, event.env.incarnation};
}

// Whether what it began with is here. For whom a ticket of the waiting list waits is said again
// later, also without a word (H2).
bool shows_beginning(const Entity& entity) {
  const auto& fields = entity.personal.fields;
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
    return entity.kind != Kind::kTicket || field.first != protocol::PersonalField::kDoctor;
  });
}

std::vector<Bytes> keys_under(const Reader& rows, const Bytes& prefix) {
  std::vector<Bytes> out;
  rows.scan_prefix(Table::kIndex, prefix, [&](std::string_view key, std::string_view) {
    out.emplace_back(key);
    return true;
  });
  return out;
}

}  // namespace

std::optional<Entity> entity_from_row(std::string_view key, std::string_view value) {
  KeyReader place(key);
  Entity entity;
  entity.kind = static_cast<Kind>(place.u8());
  entity.id = AggregateId::from(place.rest()).value_or(AggregateId{});
  if (value.empty() || !read_state(entity.kind, value.substr(1), entity.state)) return std::nullopt;
  entity.erased = value.front() != 0;
  return entity;
}

Entity read_entity(const Reader& rows, Kind kind, const AggregateId& id) {
  const Bytes key = entity_key(kind, id);
  const auto row = rows.get(Table::kEntity, key);
  if (!row) return Entity{kind, id, {}, {}};
  auto found = entity_from_row(key, *row);
  // A row that does not decode is a broken projection: rebuilt at start, never guessed at.
  OPORA_CHECK(found.has_value());
  Entity entity = std::move(*found);
  if (const auto personal = rows.get(Table::kPersonal, key)) {
    auto value = from_row<protocol::PersonalState>(*personal);
    OPORA_CHECK(value.has_value());
    entity.personal = std::move(*value);
  }
  return entity;
}

std::vector<Event> read_history(const Reader& rows, const Vault& vault, const AggregateId& id) {
  std::vector<Event> events;
  rows.scan_prefix(Table::kHistory, id.view(), [&](std::string_view key, std::string_view) {
    const auto ref = JournalRef::from_key(key.substr(sizeof(AggregateId) + sizeof(std::uint64_t)));
    const auto row = ref ? read_record(rows, *ref) : std::nullopt;
    OPORA_CHECK(row.has_value());
    auto event = open_record(row->record, vault, rows);
    if (event.ok()) events.push_back(std::move(*event));
    return true;
  });
  std::sort(events.begin(), events.end(), protocol::canonical_order);
  return events;
}

EntityCache::EntityCache()
    : erased(Table::kIndex, protocol::keys::erasures(), KnownIds::Place::kAtEnd),
      waiting(Table::kIndex, Bytes(1, kAwaiting), KnownIds::Place::kBehindFamily) {}

Projection::Slot& Projection::slot(Kind kind, const AggregateId& id) {
  const auto [it, fresh] = slots_.try_emplace(Touched{kind, id});
  Slot& slot = it->second;
  if (!fresh) return slot;
  slot.entity = read_entity(txn_, kind, id);
  // The erasure may have come before the first event of its target.
  if (!slot.entity.exists() && kind != Kind::kErasure) slot.entity.erased = is_erased(id);
  return slot;
}

const Entity& Projection::load(Kind kind, const AggregateId& id) {
  if (cache_ == nullptr || !EntityCache::keeps(kind)) return slot(kind, id).entity;
  if (const Entity* kept = cache_->find(kind, id)) return *kept;
  return cache_->keep(slot(kind, id).entity);
}

bool Projection::is_erased(const AggregateId& aggregate) {
  // Those whose time is over have no row of an erasure: their own says it.
  if (protocol::may_be_recording(aggregate) && slot(Kind::kRecording, aggregate).entity.erased)
    return true;
  if (cache_ != nullptr && cache_->erased.holds(txn_, aggregate) == false) return false;
  return slot(Kind::kErasure, aggregate).entity.exists();
}

bool Projection::awaits_key(const AggregateId& aggregate) {
  return !waiting_rows(aggregate).empty();
}

std::vector<Bytes> Projection::waiting_rows(const AggregateId& aggregate) {
  if (cache_ != nullptr && cache_->waiting.holds(txn_, aggregate) == false) return {};
  return keys_under(txn_, awaiting_prefix(aggregate));
}

// Of an aggregate's own data, not of what was added to it, which says nothing of the first key: who
// lost it may have added under the next one.
bool Projection::gives_way(const AggregateId& aggregate, const protocol::DataKey& to,
                           KeyFrom from) {
  const bool shown = std::any_of(std::begin(kPersonalKinds), std::end(kPersonalKinds),
                                 [&](Kind k) { return shows_beginning(load(k, aggregate)); });
  if (shown) return false;
  const auto events = read_history(txn_, vault_, aggregate);
  const auto closed = [](const Event& event) { return event.personal.empty(); };
  const auto its_own = [](const Event& event) { return event.env.seq.v != 0 && event.sealed; };
  return std::all_of(events.begin(), events.end(), closed) ||
         std::any_of(events.begin(), events.end(),
                     [&](const Event& event) {
                       return its_own(event) && closed(event) && opens(event, to);
                     }) ||
         (from == KeyFrom::kRegion && std::none_of(events.begin(), events.end(), its_own));
}

bool Projection::opens(const Event& event, const protocol::DataKey& key) const {
  const auto record = read_record(txn_, ref_of(event));
  OPORA_CHECK(record.has_value());
  auto sealed = decode_sealed(record->record, vault_.vocabulary());
  if (!sealed.ok()) return false;
  const auto opened =
      unseal(std::move(*sealed), [&](const AggregateId&) { return std::optional(key); });
  return opened.ok() && !opened->personal.empty();
}

void Projection::key_replaced(const AggregateId& aggregate) {
  const auto events = read_history(txn_, vault_, aggregate);
  for (const Event& event : events) {
    if (event.sealed && event.personal.empty()) await_key(event, ref_of(event));
  }
  for (const Kind kind : kPersonalKinds) {
    if (!load(kind, aggregate).personal.fields.empty()) show_anew(kind, aggregate, events);
  }
  key_arrived(aggregate);
}

// What the last key opened and this one does not is shown no more.
void Projection::show_anew(Kind kind, const AggregateId& aggregate,
                           const std::vector<Event>& events) {
  Entity& entity = change(kind, aggregate).entity;
  entity.personal = {};
  txn_.erase(Table::kPersonal, entity_key(kind, aggregate));
  for (const Event& event : events) {
    if (protocol::kind_of(event.env.type) == kind) protocol::fold_personal(entity, event);
  }
}

Projection::Slot& Projection::change(Kind kind, const AggregateId& id) {
  if (cache_ != nullptr && EntityCache::keeps(kind)) cache_->forget(kind, id);
  Slot& changed = slot(kind, id);
  if (!changed.before) changed.before = protocol::facets(changed.entity);
  if (changed.dirty) return changed;
  dirty_.push_back(&changed);
  changed.dirty = true;
  touched_.insert({kind, id});
  return changed;
}

void Projection::apply(const Event& event, const JournalRef& ref) {
  const auto kind = protocol::kind_of(event.env.type);
  // Unknown here: kept raw, folded by the rebuild after the upgrade.
  if (!kind || event.facts.index() == 0) return;
  Slot& changed = change(*kind, event.env.aggregate);
  if (protocol::is_ordered(*kind)) txn_.put(Table::kHistory, history_key(event, ref), "");
  const bool closed = event.sealed && event.personal.empty();
  if (closed && !changed.entity.erased) await_key(event, ref);
  if (protocol::fold(changed.entity, event) == protocol::FoldResult::kRefold) refold(changed);
  if (!changed.entity.erased) want(event);
  const bool is_over = event.env.type == protocol::EventType::kRecordingErased;
  if (*kind == Kind::kErasure || is_over) erase(event.env.aggregate);
}

void Projection::await_key(const Event& event, const JournalRef& ref) {
  const Bytes prefix = awaiting_prefix(event.env.aggregate);
  if (cache_ != nullptr) cache_->waiting.add(txn_, event.env.aggregate);
  txn_.put(Table::kIndex, KeyWriter().raw(prefix).raw(ref.key()).take(), "");
}

void Projection::want(const Event& event) {
  const auto file = file_of(event.env.origin, event.facts);
  if (file && file->goes == Goes::kToReplicas)
    want_file(txn_, {event.env.aggregate, file->hash}, file->manifest);
}

void Projection::refold(Slot& slot) {
  slot.entity = protocol::refold(slot.entity, read_history(txn_, vault_, slot.entity.id));
}

void Projection::key_arrived(const AggregateId& aggregate) {
  bool all = true;
  for (const Bytes& row : waiting_rows(aggregate)) all = no_longer_waits(aggregate, row) && all;
  if (all && cache_ != nullptr) cache_->waiting.remove(aggregate);
}

bool Projection::no_longer_waits(const AggregateId& aggregate, const Bytes& row) {
  const auto ref = JournalRef::from_key(std::string_view(row).substr(1 + sizeof(AggregateId)));
  const auto record = ref ? read_record(txn_, *ref) : std::nullopt;
  OPORA_CHECK(record.has_value());
  const auto event = open_record(record->record, vault_, txn_);
  if (!event.ok() || event->personal.empty()) return false;  // not the key that it waits for
  txn_.erase(Table::kIndex, row);
  const auto kind = protocol::kind_of(event->env.type);
  OPORA_CHECK(kind.has_value());  // only what was folded waits
  protocol::fold_personal(change(*kind, aggregate).entity, *event);
  return true;
}

void Projection::erase(const AggregateId& target) {
  vault_.destroy(txn_, target);
  erase_files(txn_, target);
  if (cache_ != nullptr) cache_->erased.add(txn_, target);
  for (const Bytes& row : waiting_rows(target)) txn_.erase(Table::kIndex, row);
  for (const Kind kind : kPersonalKinds) {
    Slot& found = slot(kind, target);
    if (found.entity.exists()) change(kind, target).entity.personal = {};
    found.entity.erased = true;
  }
}

void Projection::flush() {
  for (Slot* slot : dirty_) write(*slot);
  dirty_.clear();
  write_cubes();
}

void Projection::write(Slot& slot) {
  slot.dirty = false;
  const Bytes key = entity_key(slot.entity.kind, slot.entity.id);
  Bytes row(1, slot.entity.erased ? '\1' : '\0');
  row += state_row(slot.entity.state);
  txn_.put(Table::kEntity, key, row);
  if (!slot.entity.personal.fields.empty()) {
    txn_.put(Table::kPersonal, key, to_row(slot.entity.personal));
  } else if (slot.entity.erased) {
    txn_.erase(Table::kPersonal, key);
  }
  Facets after = protocol::facets(slot.entity);
  write_index(*slot.before, after);
  if (slot.before->cubes != after.cubes) {
    add_cubes(*slot.before, -1);
    add_cubes(after, +1);
  }
  slot.before = std::move(after);
}

void Projection::write_index(const Facets& before, const Facets& after) {
  // A handful of rows an entity: a quadratic comparison beats building maps.
  const auto find = [](const Facets& facets, const Bytes& key) {
    return std::find_if(facets.index.begin(), facets.index.end(),
                        [&](const auto& row) { return row.key == key; });
  };
  for (const auto& row : before.index) {
    if (find(after, row.key) == after.index.end()) txn_.erase(Table::kIndex, row.key);
  }
  for (const auto& row : after.index) {
    const auto old = find(before, row.key);
    const bool same = old != before.index.end() && old->value == row.value;
    if (!same) txn_.put(Table::kIndex, row.key, row.value);
  }
}

void Projection::add_cubes(const Facets& facets, std::int64_t sign) {
  for (const auto& row : facets.cubes) {
    auto& sum = cube_deltas_[row.key];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += sign * row.delta[i];
  }
}

void Projection::write_cubes() {
  for (const auto& [key, delta] : cube_deltas_) {
    if (delta == protocol::Counters{}) continue;
    const auto row = txn_.get(Table::kCube, key);
    protocol::Counters sum = row ? protocol::counters_of(*row) : protocol::Counters{};
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += delta[i];
    // A cell of zeros is no cell: rows must not depend on the way that led to them.
    if (sum == protocol::Counters{}) {
      txn_.erase(Table::kCube, key);
    } else {
      txn_.put(Table::kCube, key, protocol::counters_row(sum));
    }
  }
  cube_deltas_.clear();
}

}  // namespace opora::sync
