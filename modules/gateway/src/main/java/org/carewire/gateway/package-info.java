/** Where clients come in: transports, sessions, authentication, limits and the HTTP API. */
@NullMarked
package org.carewire.gateway;

import org.jspecify.annotations.NullMarked;
