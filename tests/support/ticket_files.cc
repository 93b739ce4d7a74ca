#include "tests/support/ticket_files.h"

#include <utility>

namespace opora::testing {

namespace {

// Chance that the test's seed decides: of what is attached, and when.
SeededRandom chance(const AggregateId& ticket, const Bytes& content, TimeMs now) {
  const AggregateId seed = id_from("file", {ticket.view(), content, KeyWriter().i64(now.v).take()});
  KeyReader in(seed.view());
  return SeededRandom(in.u64());
}

sync::Command command_of(std::function<Result<sync::Answer>(sync::Decision&)> decide) {
  sync::Command command;
  command.done = [](const Result<sync::Answer>&) {};
  command.decide = std::move(decide);
  return command;
}

void stage(sync::Transaction& txn, const AggregateId& ticket, const Upload& file) {
  for (std::uint32_t place = 0; place < file->chunks.size(); ++place)
    sync::stage_chunk(txn, {ticket, file->facts.hash}, place, file->chunks[place]);
}

Result<sync::Answer> attach(sync::Decision& decision, const AggregateId& ticket,
                            const Upload& file) {
  auto drafts = protocol::decide(protocol::AttachFile{file->facts, "scan.pdf", file->key_hex},
                                 decision.load(protocol::Kind::kTicket, ticket));
  if (!drafts.ok()) return drafts.error();
  decision.emit(std::move(*drafts));
  decision.write([ticket, file, site = decision.context().site](sync::Transaction& txn) {
    sync::adopt_staged(txn, {ticket, file->facts.hash}, sync::manifest_of(site, file->facts));
  });
  return sync::Answer(file->facts.hash.view());
}

}  // namespace

sync::Command attaching(const AggregateId& ticket, Bytes content) {
  return command_of([ticket, content = std::move(content)](sync::Decision& decision) {
    SeededRandom random = chance(ticket, content, decision.context().now);
    const Upload file = upload_of(ticket, content, random);
    decision.write([ticket, file](sync::Transaction& txn) { stage(txn, ticket, file); });
    return attach(decision, ticket, file);
  });
}

Upload upload_of(const AggregateId& ticket, std::string_view content, Random& random) {
  return std::make_shared<const protocol::SealedFile>(
      protocol::seal_file(ticket, protocol::FileKind::kPdf, content, random));
}

sync::Command staging(const AggregateId& ticket, Upload file) {
  return command_of([ticket, file = std::move(file)](sync::Decision& decision) {
    decision.write([ticket, file](sync::Transaction& txn) { stage(txn, ticket, file); });
    return Result<sync::Answer>(sync::Answer{});
  });
}

sync::Command attaching_staged(const AggregateId& ticket, Upload file) {
  return command_of(
      [ticket, file = std::move(file)](sync::Decision& decision) -> Result<sync::Answer> {
        const sync::FileId id{ticket, file->facts.hash};
        if (sync::staged_chunks(decision.rows(), id) != file->chunks.size())
          return Error{Code::kUnavailable, "", "not all of it was written"};
        return attach(decision, ticket, file);
      });
}

sync::Command discarding(std::vector<sync::FileId> files) {
  return command_of([files = std::move(files)](sync::Decision& decision) {
    decision.write([files](sync::Transaction& txn) {
      for (const sync::FileId& file : files) sync::discard_staged(txn, file);
    });
    return Result<sync::Answer>(sync::Answer{});
  });
}

}  // namespace opora::testing
