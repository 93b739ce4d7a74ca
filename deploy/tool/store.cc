#include <filesystem>
#include <ostream>

#include "deploy/tool/commands.h"
#include "deploy/tool/scratch.h"

#include "protocol/domain/facets.h"
#include "sync/journal/rocks_store.h"
#include "sync/projection/digest.h"
#include "sync/projection/projection.h"
#include "sync/projection/verify.h"
#include "web/app/data_folder.h"

namespace opora::tool {

namespace fs = std::filesystem;
using sync::RocksStore;

namespace {

// A data folder as it is: opened beside a running daemon, nothing in it is made or changed.
struct Opened {
  std::unique_ptr<RocksStore> store;
  protocol::SiteKey key;
  SiteNo site;  // the hub when the folder says of no site
};

Result<Opened> open_data(const std::string& data) {
  std::error_code unreadable;
  if (!fs::exists(fs::path(data) / "store", unreadable))
    return Error{Code::kNotFound, "data", data + ": no store here"};
  auto folder = app::DataFolder::open(data);
  if (!folder.ok()) return folder.error();
  SystemRandom random;
  auto key = folder->site_key(random);
  if (!key.ok()) return key.error();
  auto identity = folder->identity();
  if (!identity.ok()) return identity.error();
  auto store = RocksStore::open_read_only(folder->store());
  if (!store.ok()) return store.error();
  return Opened{std::move(*store), *key, *identity ? (*identity)->site : kHubSite};
}

void say(const sync::Verified& found, std::ostream& out) {
  for (const std::string& finding : found.findings) out << "FINDING: " << finding << "\n";
  if (found.more > 0) out << "and " << found.more << " more\n";
  out << found.records << " records, " << found.stream_entries << " entries of streams, "
      << found.files << " files, " << found.set_aside
      << " set aside: " << (found.whole() ? "the store says what its journal says" : "NOT whole")
      << "\n";
}

std::vector<SiteNo> known_sites(const sync::Reader& rows, SiteNo self) {
  std::vector<SiteNo> out{self};
  if (self != kHubSite) return out;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::sites(),
                   [&](std::string_view key, std::string_view) {
                     const auto entity =
                         sync::read_entity(rows, protocol::Kind::kSite, protocol::keys::id_of(key));
                     const auto* site = entity.as<protocol::SiteState>();
                     if (site != nullptr && site->site != kHubSite) out.push_back(site->site);
                     return true;
                   });
  return out;
}

}  // namespace

Result<Ending> verify(const std::string& data, std::ostream& out) {
  auto opened = open_data(data);
  if (!opened.ok()) return opened.error();
  auto scratch = Scratch::make(data);
  if (!scratch.ok()) return scratch.error();
  auto found = sync::verify_store(*opened->store, (*scratch)->store(), sync::Vault(opened->key),
                                  opened->site);
  if (!found.ok()) return found.error();
  say(*found, out);
  return found->whole() ? Ending::kDone : Ending::kFindings;
}

Result<Ending> digest(const std::string& data, std::optional<std::uint32_t> site,
                      std::ostream& out) {
  auto opened = open_data(data);
  if (!opened.ok()) return opened.error();
  const auto rows = opened->store->snapshot();
  const auto sites = site ? std::vector{SiteNo{*site}} : known_sites(*rows, opened->site);
  for (const SiteNo no : sites) {
    const sync::SiteDigest found = sync::site_digest(*rows, no);
    out << "site " << no.v << " through " << found.through.v << " aggregates " << found.aggregates
        << " digest " << found.hash.hex() << "\n";
  }
  return Ending::kDone;
}

}  // namespace opora::tool
