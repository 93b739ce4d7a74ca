// The files of a store as the link's port: what is missing is read from snapshots, what comes is
// handed to the engine, a chunk a command. One per process; the engine and the store outlive it.
// Any thread.
#pragma once

#include <functional>

#include "sync/engine/batch_intake.h"
#include "sync/exchange/ports.h"

namespace opora::sync {

class StoreFiles final : public FilePort {
 public:
  // Whether this site may read the ticket. At the hub, a peer: else nothing is given away. At a
  // site, itself: else nothing is asked for.
  using MayRead = std::function<bool(const Reader& rows, const AggregateId& ticket, SiteNo site)>;
  // Whether the disk has room for what can wait.
  using HasRoom = std::function<bool()>;
  // Something of a ticket's files has changed here, synced. Engine's thread; must not block.
  using Changed = std::function<void()>;

  StoreFiles(
      Store& store, BatchIntake& engine, MayRead may_read, HasRoom has_room,
      Changed changed = [] {})
      : store_(store),
        engine_(engine),
        may_read_(std::move(may_read)),
        has_room_(std::move(has_room)),
        changed_(std::move(changed)) {}

  FilesRead files(SiteNo peer, const std::optional<MissingFile>& after) const override;
  std::optional<Bytes> chunk(SiteNo peer, const protocol::FileId& file,
                             std::uint32_t place) const override;
  std::vector<protocol::FileId> held(SiteNo peer,
                                     const std::vector<protocol::FileId>& files) const override;
  void store(const protocol::FileId& file, std::uint32_t place, Bytes bytes,
             std::function<void(StoredChunk)> done) override;
  void note_in_region(const std::vector<protocol::FileId>& files) override;

 private:
  Store& store_;
  BatchIntake& engine_;
  const MayRead may_read_;
  const HasRoom has_room_;
  const Changed changed_;
};

}  // namespace opora::sync
