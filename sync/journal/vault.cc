#include "sync/journal/vault.h"

#include "protocol/codec/record_codec.h"

namespace opora::sync {

using protocol::DataKey;
using protocol::Event;

std::optional<DataKey> Vault::find(const Reader& rows, const AggregateId& aggregate) const {
  const auto wrapped = rows.get(Table::kKeys, aggregate.view());
  if (!wrapped) return std::nullopt;
  return unwrap(aggregate, *wrapped);
}

Bytes Vault::wrap(const AggregateId& aggregate, const DataKey& key, Random& random) const {
  return protocol::wrap_key(site_key_, aggregate, key, random);
}

std::optional<DataKey> Vault::unwrap(const AggregateId& aggregate, std::string_view wrapped) const {
  auto key = protocol::unwrap_key(site_key_, aggregate, wrapped);
  if (!key.ok()) return std::nullopt;
  return *key;
}

bool Vault::holds(const Reader& rows, const AggregateId& aggregate) const {
  return rows.get(Table::kKeys, aggregate.view()).has_value();
}

void Vault::put(Transaction& txn, const AggregateId& aggregate, const DataKey& key,
                Random& random) const {
  txn.put(Table::kKeys, aggregate.view(), wrap(aggregate, key, random));
}

void Vault::destroy(Transaction& txn, const AggregateId& aggregate) const {
  txn.erase(Table::kKeys, aggregate.view());
}

Result<Event> open_record(std::string_view record, const Vault& vault, const Reader& rows) {
  return open_record(record, [&](const AggregateId& id) { return vault.find(rows, id); });
}

Result<Event> open_record(std::string_view record, const KeyFinder& find_key) {
  auto view = protocol::decode_record(record);
  if (!view.ok()) return view.error();
  auto facts = protocol::decode_facts(view->env.type, view->env.schema_version, view->facts);
  if (!facts.ok()) return facts.error();
  Event event{view->env, std::move(*facts), {}, !view->sealed_personal.empty()};
  if (!event.sealed) return event;
  const auto key = find_key(event.env.aggregate);
  if (!key) return event;
  auto plain = protocol::open(*key, event.env.origin, event.env.n, event.env.aggregate,
                              view->sealed_personal);
  if (!plain.ok()) return event;  // a wrong key opens nothing: shown as closed, like an erased one
  auto personal = protocol::decode_personal(*plain);
  if (!personal.ok()) return personal.error();
  event.personal = std::move(*personal);
  return event;
}

}  // namespace opora::sync
