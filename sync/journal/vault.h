// Keys of personal parts: rows of Table::kKeys, wrapped by the site's key. Mutable on purpose:
// destroying a key is how a person is forgotten while the journal stays whole. The vault itself
// holds no rows; one per engine, reads from any thread.
#pragma once

#include <functional>
#include <optional>

#include "protocol/codec/record_codec.h"
#include "protocol/codec/seal.h"
#include "protocol/domain/events.h"
#include "sync/journal/kv.h"
#include "sync/journal/streams.h"

namespace opora::sync {

class Vault {
 public:
  // `vocabulary`: what whoever opens records with these keys can read.
  explicit Vault(const protocol::SiteKey& site_key, protocol::Vocabulary vocabulary = {})
      : site_key_(site_key), vocabulary_(std::move(vocabulary)) {}

  std::optional<protocol::DataKey> find(const Reader& rows, const AggregateId& aggregate) const;
  // Whether there is a key, without opening it.
  bool holds(const Reader& rows, const AggregateId& aggregate) const;
  void put(Transaction& txn, const AggregateId& aggregate, const protocol::DataKey& key,
           Random& random) const;
  // A key as it stands in a row, for rows elsewhere.
  Bytes wrap(const AggregateId& aggregate, const protocol::DataKey& key, Random& random) const;
  std::optional<protocol::DataKey> unwrap(const AggregateId& aggregate,
                                          std::string_view wrapped) const;
  void destroy(Transaction& txn, const AggregateId& aggregate) const;

  const protocol::Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  protocol::SiteKey site_key_;
  protocol::Vocabulary vocabulary_;
};

// A record as an event: facts decoded, personal part opened when its key is here. kCorrupt when the
// bytes do not decode; unknown types come with monostate facts.
Result<protocol::Event> open_record(std::string_view record, const Vault& vault,
                                    const Reader& rows);
using KeyFinder = std::function<std::optional<protocol::DataKey>(const AggregateId&)>;

}  // namespace opora::sync
