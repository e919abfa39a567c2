# SPDX-License-Identifier: Apache-2.0
#
# The drivers with a client library: a library of its own for each, cormorant-NAME, which the core loads when a URL asks
# for it. To be loaded it needs nothing of the core, wherever that is: it has the values inside, and exports its driver
# alone. The static one takes the values from the core that it is linked with.

find_package(PkgConfig)
set(CORM_DRIVERS)

function(corm_driver name package)
	set(library CORM_${name})
	if(PkgConfig_FOUND)
		pkg_check_modules(${library} ${package})
	endif()
	if(NOT ${library}_FOUND)
		message(STATUS "the driver cormorant-${name} is not built: it needs ${package}")
		return()
	endif()
	file(GLOB sources CONFIGURE_DEPENDS src/driver/${name}*.c)
	list(FILTER sources EXCLUDE REGEX "_entry\\.c$")
	add_library(cormorant_${name}_objects OBJECT ${sources})
	set_target_properties(cormorant_${name}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
	target_include_directories(cormorant_${name}_objects PRIVATE include src)
	target_include_directories(cormorant_${name}_objects SYSTEM PRIVATE ${${library}_INCLUDE_DIRS})

	add_library(cormorant_${name} STATIC $<TARGET_OBJECTS:cormorant_${name}_objects>)
	target_link_libraries(cormorant_${name} PUBLIC cormorant_static PRIVATE ${${library}_LINK_LIBRARIES})

	add_library(cormorant_${name}_shared SHARED src/driver/${name}_entry.c $<TARGET_OBJECTS:cormorant_${name}_objects>
		$<TARGET_OBJECTS:cormorant_values>)
	target_include_directories(cormorant_${name}_shared PRIVATE include
		PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
	target_link_options(cormorant_${name}_shared PRIVATE
		-Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/cmake/driver.map)
	target_link_libraries(cormorant_${name}_shared PRIVATE ${${library}_LINK_LIBRARIES})
	foreach(target cormorant_${name} cormorant_${name}_shared)
		set_target_properties(${target} PROPERTIES OUTPUT_NAME cormorant-${name})
	endforeach()
	set_target_properties(cormorant_${name}_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0
		EXPORT_NAME cormorant_${name} LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/driver.map)
	set_target_properties(cormorant_${name} PROPERTIES EXPORT_NAME cormorant_${name}_static)
	set(CORM_DRIVERS ${CORM_DRIVERS} ${name} PARENT_SCOPE)
	set(${library}_PACKAGE ${package} PARENT_SCOPE)
	# The tests look at the client library's side too.
	set(${library}_INCLUDE_DIRS ${${library}_INCLUDE_DIRS} PARENT_SCOPE)
	set(${library}_LINK_LIBRARIES ${${library}_LINK_LIBRARIES} PARENT_SCOPE)
endfunction()

corm_driver(postgresql libpq)
corm_driver(mariadb libmariadb)
