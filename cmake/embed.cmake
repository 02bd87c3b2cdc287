# Puts a file into a library as a constant, byte for byte:
#
#   embed(ROOM SYMBOL FILE)
#
# defines what a header of the room declares as
#
#   namespace doorbuster::ROOM { extern const std::string_view SYMBOL; }
#
# FILE is relative to the folder that the rooms are in, or is one that the build makes, by its whole
# path. The constant follows the file: whatever changes it builds the library again.
set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed ROOM SYMBOL FILE)
  cmake_path(ABSOLUTE_PATH FILE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE source)
  cmake_path(GET FILE RELATIVE_PART name)
  set(generated ${PROJECT_BINARY_DIR}/embedded/${name}.cc)
  add_custom_command(OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DROOM=${ROOM} -DSYMBOL=${SYMBOL} -DSOURCE=${source} -DGENERATED=${generated}
      -P ${EMBED_SCRIPT}
    DEPENDS ${source} ${EMBED_SCRIPT}
    COMMENT "Embedding ${FILE}" VERBATIM)
  target_sources(${ROOM} PRIVATE ${generated})
  set_source_files_properties(${generated} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
    SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# What the command above runs.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${SOURCE} bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  # A literal's line of 64 bytes each: what comes after a \x can't be taken for a part of it.
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?)"
    "\n    \"\\1\"" bytes "${bytes}")
  file(SIZE ${SOURCE} size)
  file(WRITE ${GENERATED} "#include <string_view>

namespace doorbuster::${ROOM} {

extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}(\"\"${bytes},
    ${size});

}  // namespace doorbuster::${ROOM}
")
endif()
