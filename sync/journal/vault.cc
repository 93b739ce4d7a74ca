#include "sync/journal/vault.h"

#include "sync/journal/sealed_event.h"

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
  auto sealed = decode_sealed(record, vault.vocabulary());
  if (!sealed.ok()) return sealed.error();
  return unseal(std::move(*sealed), [&](const AggregateId& id) { return vault.find(rows, id); });
}

}  // namespace opora::sync
