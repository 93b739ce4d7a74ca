#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <ostream>
#include <thread>

#include "deploy/tool/commands.h"
#include "deploy/tool/scratch.h"

#include "hub/outbox.h"
#include "protocol/domain/decide.h"
#include "sync/engine/engine_core.h"
#include "sync/journal/store_folder.h"
#include "sync/projection/verify.h"
#include "web/app/backups.h"
#include "web/app/data_folder.h"
#include "web/server/json_reader.h"
#include "web/server/time_text.h"

namespace opora::tool {

namespace fs = std::filesystem;
using sync::BackupFolder;
using sync::BackupInfo;
using sync::RocksStore;

namespace {

constexpr std::chrono::milliseconds kAskAgain{200};
// What an erasure that a restore repeats gives as its basis, beside the first one's.
constexpr const char* kRestoreBasis = "restored from a backup that is older than the erasure";

struct Progress {
  bool running = false;
  bool ok = false;
  std::string why;
};

Result<Progress> ask(Api& api) {
  auto body = api.get("/api/v1/backups");
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return Error{Code::kCorrupt, "", "an answer that does not read"};
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  Progress out;
  out.running = in.optional_boolean("running").value_or(false);
  in.optional_object("last", [&](web::JsonReader& last) {
    out.ok = last.optional_boolean("ok").value_or(false);
    out.why = last.optional_text("why", {0, 4'000}).value_or("");
  });
  return out;
}

void say(const BackupInfo& backup, std::ostream& out) {
  out << "backup " << backup.no.v << "  " << web::to_rfc3339(backup.at) << "  " << backup.bytes
      << " bytes";
  if (const auto note = app::note_of(backup.note)) {
    out << "  " << (note->self == kHubSite ? "hub" : "site " + std::to_string(note->self.v)) << "  "
        << app::records_of(*note) << " records";
  }
  out << "\n";
}

// Whose folder it is, and its key.
struct Owner {
  protocol::SiteKey key;
  SiteNo site;
};

Result<Owner> owner_of(const fs::path& data) {
  std::error_code error;
  if (!fs::exists(data / "site.key", error)) {
    return Error{Code::kInvalid, "data",
                 data.string() + ": site.key is not here: bring it back first, no backup holds it"};
  }
  auto folder = app::DataFolder::open(data);
  if (!folder.ok()) return folder.error();
  SystemRandom random;
  auto key = protocol::load_or_create_site_key(data / "site.key", random);
  if (!key.ok()) return key.error();
  auto identity = folder->identity();
  if (!identity.ok()) return identity.error();
  return Owner{*key, *identity ? (*identity)->site : kHubSite};
}

Result<BackupInfo> choose(const BackupFolder& folder, std::optional<std::uint32_t> number,
                          SiteNo site) {
  std::optional<BackupInfo> chosen;
  for (const BackupInfo& one : folder.list()) {
    if (!number || one.no.v == *number) chosen = one;
  }
  if (!chosen) return Error{Code::kNotFound, "backup", "there is no such backup"};
  const auto note = app::note_of(chosen->note);
  if (!note) return Error{Code::kCorrupt, "backup", "it does not say whose it is"};
  if (note->self != site)
    return Error{Code::kConflict, "from",
                 "a backup of site " + std::to_string(note->self.v) + ", this folder is site " +
                     std::to_string(site.v)};
  return *chosen;
}

Status find_whole(const RocksStore& store, const std::string& data, const Owner& owner) {
  auto aside = Scratch::make(data);
  if (!aside.ok()) return aside.error();
  auto found = sync::verify_store(store, (*aside)->store(), sync::Vault(owner.key), owner.site);
  if (!found.ok()) return found.error();
  if (found->whole()) return ok_status();
  return Error{Code::kCorrupt, "backup", found->findings.front()};
}

// The region's word goes to the sites that hold the record: those that were cut off when it was
// said first, and those that receive the restored region's streams anew.
class Repeating final : public sync::EngineObserver {
 public:
  explicit Repeating(SiteNo self) : is_hub_(self == kHubSite) {}
  void attach(sync::EngineCore& core) { outbox_.attach(core); }
  void on_event(sync::Transaction& txn, const protocol::Event& event,
                const sync::JournalRef& ref) override {
    if (is_hub_) outbox_.on_event(txn, event, ref);
  }

 private:
  const bool is_hub_;
  hub::Outbox outbox_;
};

// Before anybody may serve from it: whoever was forgotten after the backup is forgotten in it.
Result<std::size_t> forget(RocksStore& store, const Owner& owner,
                           const std::vector<AggregateId>& ids) {
  const SystemClock clock;
  SystemRandom random;
  Repeating observer(owner.site);
  const sync::EngineSettings settings{owner.site, owner.key,
                                      [](TimeMs) { return std::int16_t{0}; }};
  protocol::Erase erase{{}, kRestoreBasis};
  {
    const auto rows = store.snapshot();
    for (const AggregateId& id : ids)
      if (!sync::read_entity(*rows, protocol::Kind::kErasure, id).exists())
        erase.targets.push_back(id);
  }
  if (erase.targets.empty()) return std::size_t{0};
  auto core = sync::EngineCore::open(store, settings, clock, random, observer);
  if (!core.ok()) return core.error();
  observer.attach(**core);
  Status done = ok_status();
  std::vector<sync::Command> command(1);
  command[0].decide = [&](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts = protocol::decide(erase, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  command[0].done = [&](const Result<sync::Answer>& answer) {
    if (!answer.ok()) done = answer.error();
  };
  OPORA_TRY((*core)->run(command, {}));
  if (!done.ok()) return done.error();
  for (const auto table :
       {sync::Table::kPersonal, sync::Table::kKeys, sync::Table::kIndex, sync::Table::kFiles})
    OPORA_TRY(store.compact(table, ""));
  return erase.targets.size();
}

// The new store takes the place of the old in one step: a cut leaves one or the other.
Result<std::string> put_in_place(const fs::path& data) {
  const fs::path fresh = data / "store.restoring";
  const fs::path place = data / "store";
  std::error_code error;
  if (!fs::exists(place, error)) {
    fs::rename(fresh, place, error);
    if (error) return Error{Code::kUnavailable, "data", error.message()};
    return std::string();
  }
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) != 0)
    return Error{Code::kUnavailable, "data", "the file system cannot exchange two folders"};
  fs::path old = data / "store.replaced";
  for (int i = 2; fs::exists(old, error); ++i) old = data / ("store.replaced-" + std::to_string(i));
  fs::rename(fresh, old, error);
  return error ? fresh.string() : old.string();
}

}  // namespace

Result<Ending> backup(const Remote& remote, std::ostream& out) {
  auto api = open_api(remote);
  if (!api.ok()) return api.error();
  auto asked = api->post("/api/v1/backups", "{}");
  if (!asked.ok()) return asked.error();
  while (true) {
    auto progress = ask(*api);
    if (!progress.ok()) return progress.error();
    if (!progress->running) {
      if (!progress->ok) return Error{Code::kUnavailable, "backup", progress->why};
      out << "taken and read back\n";
      return Ending::kDone;
    }
    std::this_thread::sleep_for(kAskAgain);
  }
}

Result<Ending> backups(const std::string& from, std::ostream& out) {
  auto folder = BackupFolder::open_read_only(from);
  if (!folder.ok()) return folder.error();
  Ending ending = Ending::kDone;
  for (const BackupInfo& one : (*folder)->list()) {
    say(one, out);
    if (const Status whole = (*folder)->verify(one.no); !whole.ok()) {
      out << "FINDING: " << whole.error().message << "\n";
      ending = Ending::kFindings;
    }
  }
  return ending;
}

Result<Ending> restore(const Restore& options, std::ostream& out) {
  const fs::path data = options.data;
  auto owner = owner_of(data);
  if (!owner.ok()) return owner.error();
  auto folder = BackupFolder::open_read_only(options.from);
  if (!folder.ok()) return folder.error();
  auto chosen = choose(**folder, options.backup, owner->site);
  if (!chosen.ok()) return chosen.error();
  sync::FolderLock serving;  // kConflict while the daemon runs
  std::error_code error;
  if (fs::exists(data / "store", error)) OPORA_TRY(serving.take(data / "store"));
  const fs::path fresh = data / "store.restoring";
  fs::remove_all(fresh, error);
  OPORA_TRY((*folder)->restore(chosen->no, fresh));
  std::size_t forgotten = 0;
  {
    auto store = RocksStore::open(fresh);
    if (!store.ok()) return store.error();
    OPORA_TRY(find_whole(**store, options.data, *owner));
    auto done = forget(**store, *owner, app::read_erasure_list(options.from));
    if (!done.ok()) return done.error();
    forgotten = *done;
  }
  auto old = put_in_place(data);
  if (!old.ok()) return old.error();
  for (const char* name : {"search.sqlite", "search.sqlite-wal", "search.sqlite-shm"})
    fs::remove(data / name, error);        // derived: built anew from the store
  fs::remove(data / "store.head", error);  // it ends earlier now, and whoever restores knows it
  say(*chosen, out);
  out << "restored; " << forgotten << " erasures of after the backup repeated in it\n";
  if (!old->empty()) out << "the store before it is kept at " << *old << "\n";
  return Ending::kDone;
}

}  // namespace opora::tool
