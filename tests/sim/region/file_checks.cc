// Files of tickets: each wherever its ticket may be read, and nowhere else; none that was erased.
#include <algorithm>

#include "protocol/domain/ticket_readers.h"
#include "sync/journal/files.h"
#include "sync/projection/projection.h"
#include "tests/sim/region/checks.h"

namespace opora::sim {

using protocol::Kind;
using sync::FileId;

namespace {

constexpr std::size_t kAll = 1'000'000;

std::string text(const FileId& id) {
  return "file " + id.hash.hex().substr(0, 8) + " of " + id.ticket.hex().substr(0, 8);
}

bool wanted(const sync::Reader& rows, const FileId& id) {
  const auto all = sync::wanted_files(rows, {}, {}, kAll);
  return std::any_of(all.begin(), all.end(), [&id](const auto& one) { return one.id == id; });
}

bool erased(const sync::Reader& rows, const AggregateId& ticket) {
  return sync::read_entity(rows, Kind::kErasure, ticket).exists();
}

}  // namespace

// What is sent of files: the hub gives none to a site that may read nothing, and says that it has a
// file when the disk has it.
void Checks::check_file_frame(SiteNo self, SiteNo peer, const protocol::Message& message) {
  if (self != kHubSite) return;
  const auto* chunk = std::get_if<protocol::FileChunk>(&message);
  if (chunk != nullptr && !chunk->bytes.empty() && peer == hostile_)
    sim_.story.wrong("a hostile site is sent a chunk of " + text(chunk->file));
  const auto* note = std::get_if<protocol::FileNote>(&message);
  if (note == nullptr || note->what != protocol::FileNoteKind::kHeld) return;
  const auto rows = find_(kHubSite)->disk().synced();
  for (const FileId& id : note->files) {
    if (!sync::whole_file(*rows, id) && !erased(*rows, id.ticket))
      sim_.story.wrong("the hub says that it has and has not " + text(id));
  }
}

// Whoever can be asked for a missing file has it not, or must not give it.
bool Checks::files_converged(std::uint32_t sites) const {
  const auto hub = find_(kHubSite)->disk().synced();
  for (std::uint32_t no = 1; no <= sites; ++no) {
    const SiteNo site{no};
    const auto own = find_(site)->disk().synced();
    const auto fetchable = [](const sync::Reader& from) {
      return [&from](const sync::WantedFile& file) {
        return sync::whole_file(from, file.id).has_value();
      };
    };
    const auto up = sync::wanted_files(*hub, site, {}, kAll);
    auto down = sync::wanted_files(*own, {}, {}, kAll);
    std::erase_if(down, [&](const sync::WantedFile& file) {
      const auto entity = sync::read_entity(*hub, Kind::kTicket, file.id.ticket);
      const auto* ticket = entity.as<protocol::TicketState>();
      return ticket != nullptr && file.manifest.origin != site && !protocol::reads(*ticket, site);
    });
    const auto unsent = sync::unsent_files(*own, kAll);
    if (std::any_of(up.begin(), up.end(), fetchable(*own)) ||
        std::any_of(down.begin(), down.end(), fetchable(*hub)) ||
        std::any_of(unsent.begin(), unsent.end(),
                    [&](const FileId& id) { return sync::whole_file(*hub, id).has_value(); }))
      return false;
  }
  return true;
}

void Checks::check_files(std::uint32_t sites, const Ledger& ledger,
                         const std::map<SiteNo, Journal>& journals) {
  const Journal& hub = journals.at(kHubSite);
  const auto rows = find_(kHubSite)->disk().synced();
  const auto tickets = tenures(hub);
  for (const auto& [ref, held] : hub) {
    const auto* file = std::get_if<protocol::TicketAttached>(&held.facts);
    if (file == nullptr || ref.origin == hostile_ || erased(*rows, held.env.aggregate)) continue;
    const FileId id{held.env.aggregate, file->hash};
    const bool at_hub = sync::whole_file(*rows, id).has_value();
    const bool at_home = sync::whole_file(*find_(ref.origin)->disk().synced(), id).has_value();
    if (at_hub) {
      const auto ticket = tickets.find(id.ticket);
      if (ticket == tickets.end()) continue;
      std::set<SiteNo> readers = ticket->second.readers;
      readers.insert(ticket->second.home);
      for (const SiteNo site : readers) {
        if (site != kHubSite && !sync::whole_file(*find_(site)->disk().synced(), id))
          sim_.story.wrong(name_of(site) + " lacks " + text(id));
      }
    } else if (at_home) {
      sim_.story.wrong("the hub lacks " + text(id) + ", which its site has");
    } else if (!ledger.lost_files.contains(id)) {
      sim_.story.wrong(text(id) + ", record " + std::to_string(ref.n.v) + " of " +
                       name_of(ref.origin) + ", is lost, and no disk that had it was");
    } else if (!wanted(*find_(ref.origin)->disk().synced(), id)) {
      sim_.story.wrong(name_of(ref.origin) + " does not say that it lacks " + text(id));
    }
  }
  for (std::uint32_t no = 0; no <= sites; ++no)
    check_held_files(SiteNo{no}, journals.at(SiteNo{no}));
}

// Nothing of a file whose event is not here.
void Checks::check_held_files(SiteNo site, const Journal& own) {
  std::set<FileId> attached;
  for (const auto& [ref, held] : own) {
    if (const auto* file = std::get_if<protocol::TicketAttached>(&held.facts))
      attached.insert({held.env.aggregate, file->hash});
  }
  const auto rows = find_(site)->disk().synced();
  rows->scan(sync::Table::kFiles, "", "", [&](std::string_view key, std::string_view) {
    // A chunk, and a whole file: the ticket and the hash behind the letter.
    if (key[0] != 'c' && key[0] != 'f') return true;
    KeyReader in(key.substr(1));
    const auto ticket = AggregateId::from(in.raw(sizeof(AggregateId)));
    const auto hash = FileHash::from(in.raw(sizeof(FileHash)));
    const FileId id{ticket.value_or(AggregateId{}), hash.value_or(FileHash{})};
    if (!attached.contains(id)) sim_.story.wrong(name_of(site) + " holds and may not: " + text(id));
    if (erased(*rows, id.ticket))
      sim_.story.wrong(name_of(site) + " still holds what was erased: " + text(id));
    return true;
  });
}

}  // namespace opora::sim
