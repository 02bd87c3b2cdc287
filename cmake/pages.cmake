# Builds a room's pages and embeds them (see embed.cmake):
#
#   pages(ROOM SYMBOL)
#
# ROOM/web/ holds their sources and what pins the packages that they are built with. These come from
# the npm registry once, into build/pages, for all presets; after that nothing needs the network.
# What is embedded is the file that ROOM/web/pack.mjs describes.
find_program(NPM npm REQUIRED)

function(pages ROOM SYMBOL)
  set(web ${CMAKE_CURRENT_SOURCE_DIR}/${ROOM}/web)
  set(packages ${PROJECT_SOURCE_DIR}/build/pages)
  set(pins ${web}/package.json ${web}/package-lock.json)
  add_custom_command(OUTPUT ${packages}/installed
    COMMAND ${CMAKE_COMMAND} -E make_directory ${packages}
    COMMAND ${CMAKE_COMMAND} -E copy ${pins} ${packages}
    COMMAND ${CMAKE_COMMAND} -E chdir ${packages} ${NPM} ci --ignore-scripts --no-audit --no-fund --silent
    COMMAND ${CMAKE_COMMAND} -E touch ${packages}/installed
    DEPENDS ${pins}
    COMMENT "Installing what the pages are built with" VERBATIM)

  file(GLOB documents CONFIGURE_DEPENDS ${web}/*.html)
  set(files ${pins} ${documents} ${web}/pack.mjs ${web}/tsconfig.json ${web}/vite.config.js)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/*)
  set(built ${PROJECT_BINARY_DIR}/pages/${ROOM})
  add_custom_command(OUTPUT ${built}/assets.pack
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${built}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${built}
    COMMAND ${CMAKE_COMMAND} -E copy ${files} ${built}
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${web}/src ${built}/src
    COMMAND ${CMAKE_COMMAND} -E create_symlink ${packages}/node_modules ${built}/node_modules
    COMMAND ${CMAKE_COMMAND} -E chdir ${built} ${NPM} run --silent build
    DEPENDS ${files} ${sources} ${packages}/installed
    COMMENT "Building the pages of ${ROOM}/" VERBATIM)
  embed(${ROOM} ${SYMBOL} ${built}/assets.pack)
endfunction()
