#include "tests/support/ticket_files.h"

#include "protocol/codec/sealed_file.h"
#include "sync/journal/files.h"

namespace opora::testing {

namespace {

// Chance that the test's seed decides: of what is attached, and when.
SeededRandom chance(const AggregateId& ticket, const Bytes& content, TimeMs now) {
  const AggregateId seed = id_from("file", {ticket.view(), content, KeyWriter().i64(now.v).take()});
  KeyReader in(seed.view());
  return SeededRandom(in.u64());
}

}  // namespace

sync::Command attaching(const AggregateId& ticket, Bytes content) {
  sync::Command command;
  command.done = [](const Result<sync::Answer>&) {};
  command.decide =
      [ticket, content = std::move(content)](sync::Decision& decision) -> Result<sync::Answer> {
    const auto context = decision.context();
    SeededRandom random = chance(ticket, content, context.now);
    const auto sealed = std::make_shared<const protocol::SealedFile>(
        protocol::seal_file(ticket, protocol::FileKind::kPdf, content, random));
    auto drafts = protocol::decide(protocol::AttachFile{sealed->facts, "scan.pdf", sealed->key_hex},
                                   decision.load(protocol::Kind::kTicket, ticket));
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    decision.write([ticket, sealed, site = context.site](sync::Transaction& txn) {
      const sync::FileId id{ticket, sealed->facts.hash};
      for (std::uint32_t place = 0; place < sealed->chunks.size(); ++place)
        sync::stage_chunk(txn, id, place, sealed->chunks[place]);
      sync::adopt_staged(txn, id, sync::manifest_of(site, sealed->facts));
    });
    return sync::Answer(sealed->facts.hash.view());
  };
  return command;
}

}  // namespace opora::testing
