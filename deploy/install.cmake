# cmake --install BUILD: both daemons, a site's guard, the tool, and what systemd needs for them. The units name /usr/bin and /etc/opora,
# so that is where things go unless somebody chose another prefix; DESTDIR stages it for a package.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where the units look" FORCE)
endif()

install(TARGETS opora-node opora-guard opora-hub opora RUNTIME DESTINATION bin)
install(FILES systemd/opora-node.service systemd/opora-guard.service systemd/opora-hub.service DESTINATION lib/systemd/system)
install(FILES systemd/opora.sysusers.conf DESTINATION lib/sysusers.d RENAME opora.conf)
install(FILES systemd/opora.tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME opora.conf)
install(FILES examples/node.toml examples/guard.toml examples/hub.toml DESTINATION share/doc/opora/examples)

# The examples are also the first configuration; one that is there is its administrator's.
install(CODE "set(opora_examples \"${CMAKE_CURRENT_SOURCE_DIR}/examples\")")
install(CODE [[
  foreach(name node guard hub)
    if(NOT EXISTS "$ENV{DESTDIR}/etc/opora/${name}.toml")
      file(INSTALL DESTINATION /etc/opora TYPE FILE FILES "${opora_examples}/${name}.toml")
    endif()
  endforeach()
]])
